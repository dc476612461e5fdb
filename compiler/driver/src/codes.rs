//! The codes of mistakes in files and repositories, before anything is known of what they say.

use solc_source::Code;

/// A file is not UTF-8 text.
pub const NOT_UTF8: Code = Code("not-utf8");
/// A file or folder cannot be read.
pub const UNREADABLE_FILE: Code = Code("unreadable-file");
/// A data file is not TOML.
pub const INVALID_TOML: Code = Code("invalid-toml");
/// A data file is not JSON.
pub const INVALID_JSON: Code = Code("invalid-json");
/// A data file sets a key twice.
pub const DUPLICATE_KEY: Code = Code("duplicate-key");
/// No `solc.toml` says what to compile.
pub const NO_MANIFEST: Code = Code("no-manifest");
/// `solc.toml` has a table or key that means nothing.
pub const UNKNOWN_MANIFEST_KEY: Code = Code("unknown-manifest-key");
/// `solc.toml` lacks a key, or sets one to what it cannot be.
pub const INVALID_MANIFEST: Code = Code("invalid-manifest");
/// `solc.toml` names a folder that is not a config repository.
pub const MISSING_REPOSITORY: Code = Code("missing-repository");
/// `solc.toml` names a repository of another level or class than is needed there.
pub const WRONG_REPOSITORY: Code = Code("wrong-repository");
/// The infrastructure repository is not there, so credentials and images are not checked.
pub const INFRASTRUCTURE_MISSING: Code = Code("infrastructure-missing");
/// Production takes product and solutions from a folder, not from a promoted revision.
pub const UNPINNED: Code = Code("unpinned");
/// A data file lies where nothing would read it.
pub const MISPLACED_FILE: Code = Code("misplaced-file");
/// A folder of settings, credentials or references is named after no environment.
pub const UNKNOWN_ENVIRONMENT_FOLDER: Code = Code("unknown-environment-folder");
/// `[diagnostics]` names no kind of finding.
pub const UNKNOWN_CODE: Code = Code("unknown-code");
/// `[diagnostics]` is to lower an error.
pub const ERROR_NOT_LOWERABLE: Code = Code("error-not-lowerable");
/// An entry of `[diagnostics]` that no finding needs.
pub const SILENCES_NOTHING: Code = Code("silences-nothing");
/// A dependency of `solc.toml` that was not fetched.
pub const UNFETCHED_DEPENDENCY: Code = Code("unfetched-dependency");
/// A dependency whose files are not those that `solc.lock` records.
pub const CHANGED_DEPENDENCY: Code = Code("changed-dependency");
/// Libraries that depend on each other.
pub const DEPENDENCY_CYCLE: Code = Code("dependency-cycle");
/// The compiler has a bug.
pub const INTERNAL_ERROR: Code = Code("internal-error");

/// All of them.
pub const ALL: &[Code] = &[
    NOT_UTF8,
    UNREADABLE_FILE,
    INVALID_TOML,
    INVALID_JSON,
    DUPLICATE_KEY,
    NO_MANIFEST,
    UNKNOWN_MANIFEST_KEY,
    INVALID_MANIFEST,
    MISSING_REPOSITORY,
    WRONG_REPOSITORY,
    INFRASTRUCTURE_MISSING,
    UNPINNED,
    MISPLACED_FILE,
    UNKNOWN_ENVIRONMENT_FOLDER,
    UNKNOWN_CODE,
    ERROR_NOT_LOWERABLE,
    SILENCES_NOTHING,
    UNFETCHED_DEPENDENCY,
    CHANGED_DEPENDENCY,
    DEPENDENCY_CYCLE,
    INTERNAL_ERROR,
];
