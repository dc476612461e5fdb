//! The kinds of mistake that lowering finds. Each has a page in the book.

use solc_source::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($code);)*
        /// All of them.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// A value that is needed to work out itself.
    VALUE_CYCLE = "value-cycle";
    /// An evaluation that takes more steps than any environment needs.
    STEP_BUDGET = "step-budget";
    /// Values that depend on each other in too long a chain.
    EVALUATION_TOO_DEEP = "evaluation-too-deep";
    /// A number outside what 64 bits hold.
    ARITHMETIC_OVERFLOW = "arithmetic-overflow";
    /// A division by zero.
    DIVISION_BY_ZERO = "division-by-zero";
    /// An element that the list does not have.
    INDEX_OUT_OF_RANGE = "index-out-of-range";
    /// A key that the map does not have.
    MISSING_KEY = "missing-key";
    /// A key that a comprehension makes twice.
    DUPLICATE_KEY = "duplicate-key";
    /// A conversion between units that would lose something.
    INEXACT_CONVERSION = "inexact-conversion";
    /// A range whose first number is greater than its last.
    EMPTY_RANGE = "empty-range";
    /// A network range that does not fit where it is put.
    CIDR_DOES_NOT_FIT = "cidr-does-not-fit";
    /// Network ranges that overlap.
    CIDR_OVERLAP = "cidr-overlap";
    /// A value outside what its type allows.
    VALUE_OUT_OF_RANGE = "value-out-of-range";
    /// A text that does not match what its type asks for.
    PATTERN_MISMATCH = "pattern-mismatch";
    /// A Multi-AZ environment in an account with too few zones.
    TOO_FEW_ZONES = "too-few-zones";
    /// A single-AZ environment where the stage asks for more.
    SINGLE_AZ_ABOVE_INTEGRATION = "single-az-above-integration";
    /// Something that was waived, which every report repeats.
    WAIVED = "waived";
    /// A waiver of what needs none.
    UNUSED_WAIVER = "unused-waiver";
    /// A field that a more general place enforces, set to something else.
    ENFORCED_FIELD = "enforced-field";
    /// A setting without a value.
    MISSING_SETTING = "missing-setting";
    /// A value for a setting that nobody declares.
    UNDECLARED_SETTING = "undeclared-setting";
    /// A value that does not fit the setting's type.
    SETTING_TYPE = "setting-type";
    /// A secret without a reference.
    MISSING_SECRET = "missing-secret";
    /// A reference for a secret that nobody declares.
    UNDECLARED_SECRET = "undeclared-secret";
    /// A reference to a secret that names no store, or the wrong way.
    INVALID_SECRET_REFERENCE = "invalid-secret-reference";
    /// A store for secrets that this version cannot use yet.
    UNSUPPORTED_SECRET_STORE = "unsupported-secret-store";
    /// A secret written down where it can be read.
    CLEAR_TEXT_SECRET = "clear-text-secret";
    /// A data file for a component that does not exist.
    UNKNOWN_COMPONENT_FILE = "unknown-component-file";
    /// A unit without an image in the environment.
    MISSING_IMAGE = "missing-image";
    /// An image reference that cannot be read.
    INVALID_IMAGE = "invalid-image";
    /// An account without the registry that an image needs.
    MISSING_REGISTRY = "missing-registry";
    /// Something that `facts.json` has to say, and does not.
    MISSING_FACT = "missing-fact";
    /// A fact that does not fit its type.
    INVALID_FACT = "invalid-fact";
    /// An `ensure` that does not hold.
    BROKEN_INVARIANT = "broken-invariant";
    /// Two settings of one name.
    SETTING_COLLISION = "setting-collision";
    /// A link from something that has no identity to act under.
    NO_PRINCIPAL = "no-principal";
    /// A connection to a service or address that the network does not reach.
    NO_ROUTE = "no-route";
    /// A `permit` or `deny` on something that has no policy.
    NO_RESOURCE_POLICY = "no-resource-policy";
    /// A `connect` to something that is no group, range or service.
    INVALID_PEER = "invalid-peer";
    /// A statement that a policy must not hold.
    INVALID_STATEMENT = "invalid-statement";
    /// Resources that wait for each other.
    RESOURCE_CYCLE = "resource-cycle";
    /// A value that flows to an earlier layer.
    LAYER_ORDER = "layer-order";
    /// Two resources whose logical ids would be the same.
    LOGICAL_ID_COLLISION = "logical-id-collision";
    /// An assignment in `stacks.lock` that cannot be kept.
    STACK_ASSIGNMENT = "stack-assignment";
    /// Properties that must not, or must, stand together.
    CONFLICTING_PROPERTIES = "conflicting-properties";
    /// Something larger than AWS accepts.
    LIMIT_EXCEEDED = "limit-exceeded";
    /// Two rules of a listener that ask for one place in its order.
    DUPLICATE_PRIORITY = "duplicate-priority";
    /// A change of availability that would replace something.
    AVAILABILITY_REPLACES = "availability-replaces";
    /// A policy that an environment does not keep.
    BROKEN_POLICY = "broken-policy";
    /// An assertion of a test that does not hold.
    FAILED_ASSERTION = "failed-assertion";
    /// A claim about something that is known only when deploying, or that the question does not fit.
    UNDECIDABLE_CLAIM = "undecidable-claim";
    /// A component's path that an environment does not have.
    UNKNOWN_PATH = "unknown-path";
    /// A mistake of the compiler.
    INTERNAL_ERROR = "internal-error";
}

/// Codes of the checker that lowering raises too, where only an environment's values show the mistake.
pub(crate) mod shared {
    use solc_source::Code;

    /// A field that must be there.
    pub(crate) const MISSING_FIELD: Code = Code("missing-field");
    /// A property that CloudFormation demands.
    pub(crate) const MISSING_PROPERTY: Code = Code("missing-property");
    /// A value that the property does not take.
    pub(crate) const INVALID_PROPERTY_VALUE: Code = Code("invalid-property-value");
}
