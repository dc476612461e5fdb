//! What `solc doctor` asks beyond deploying: whether the bucket for templates can be reached, and whether roles are there.

use super::Aws;
use crate::backend::Failure;

/// Whether a role is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleState {
    /// It is.
    There,
    /// It is not: no stack that has it can be changed or deleted.
    Missing,
    /// It is in another account, so these credentials cannot tell.
    Elsewhere,
    /// The service would not say, and why.
    Unknown(Failure),
}

impl Aws {
    /// Whether the bucket for templates is there, is the account's own, and may be used.
    ///
    /// # Errors
    /// What the service says against it.
    pub fn reach_bucket(&self, bucket: &str) -> Result<(), Failure> {
        let request = self.s3().head_bucket().bucket(bucket).expected_bucket_owner(&self.identity.account);
        self.ask("HeadBucket", request.send()).map(drop)
    }

    /// Whether a role is there, by its ARN.
    #[must_use]
    pub fn role_state(&self, arn: &str) -> RoleState {
        // `arn:aws:iam::123456789012:role/path/name`
        let mut parts = arn.splitn(6, ':').skip(4);
        let account = parts.next().unwrap_or_default();
        let name = parts.next().and_then(|resource| resource.rsplit('/').next()).unwrap_or_default();
        if account != self.identity.account {
            return RoleState::Elsewhere;
        }
        let client = aws_sdk_iam::Client::new(&self.config);
        match self.ask("GetRole", client.get_role().role_name(name).send()) {
            Ok(_) => RoleState::There,
            Err(failure) if failure.code == "NoSuchEntity" => RoleState::Missing,
            Err(failure) => RoleState::Unknown(failure),
        }
    }
}
