//! The kinds of mistake that this stage finds. Each has a page in the book.

use solc_source::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($code);)*
        /// All of them.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// A name that nothing in scope has.
    UNKNOWN_NAME = "unknown-name";
    /// A type that does not exist.
    UNKNOWN_TYPE = "unknown-type";
    /// A module that does not exist.
    UNKNOWN_MODULE = "unknown-module";
    /// A name that its module does not declare.
    UNKNOWN_IMPORT = "unknown-import";
    /// A declaration that is private to its file.
    PRIVATE_IMPORT = "private-import";
    /// Two declarations of one name.
    DUPLICATE_NAME = "duplicate-name";
    /// A field given twice.
    DUPLICATE_FIELD = "duplicate-field";
    /// A field that the record, component or block does not have.
    UNKNOWN_FIELD = "unknown-field";
    /// A field that must be there.
    MISSING_FIELD = "missing-field";
    /// A value of the wrong type.
    TYPE_MISMATCH = "type-mismatch";
    /// A unit that does not exist.
    UNKNOWN_UNIT = "unknown-unit";
    /// A case that the enum or union does not have.
    UNKNOWN_CASE = "unknown-case";
    /// A local name that hides a case of the expected type.
    HIDDEN_CASE = "hidden-case";
    /// A comparison in which nothing says what the names mean.
    AMBIGUOUS_COMPARISON = "ambiguous-comparison";
    /// Cases of an enum that are not ordered cannot be compared by `<`.
    UNORDERED_ENUM = "unordered-enum";
    /// A `match` that leaves a case out.
    NOT_EXHAUSTIVE = "not-exhaustive";
    /// An arm that can never be reached.
    UNREACHABLE_ARM = "unreachable-arm";
    /// A resource type that CloudFormation does not have.
    UNKNOWN_RESOURCE_TYPE = "unknown-resource-type";
    /// A property that the resource type does not have.
    UNKNOWN_PROPERTY = "unknown-property";
    /// A property that only CloudFormation sets.
    READ_ONLY_PROPERTY = "read-only-property";
    /// A property that CloudFormation demands.
    MISSING_PROPERTY = "missing-property";
    /// A text that is none of those the property takes.
    INVALID_PROPERTY_VALUE = "invalid-property-value";
    /// An attribute that the resource type does not give.
    UNKNOWN_ATTRIBUTE = "unknown-attribute";
    /// An IAM action that does not exist.
    UNKNOWN_ACTION = "unknown-action";
    /// An action that can be limited to resources, and is not.
    UNLIMITED_ACTION = "unlimited-action";
    /// A statement that needs to say why it is there.
    MISSING_REASON = "missing-reason";
    /// Access written by hand.
    ACCESS_OUTSIDE_LINK = "access-outside-link";
    /// A verb that the component does not grant.
    UNKNOWN_LINK_VERB = "unknown-link-verb";
    /// A link to something that grants nothing, or that is no component.
    NOT_LINKABLE = "not-linkable";
    /// A component that does not exist.
    UNKNOWN_COMPONENT = "unknown-component";
    /// A setting, secret or link on a component that takes none.
    NOT_ACCEPTED = "not-accepted";
    /// A statement in a body where it means nothing.
    MISPLACED_STATEMENT = "misplaced-statement";
    /// A decision that would need a value known only when deploying.
    DEFERRED_VALUE = "deferred-value";
    /// A secret on its way to where it can be read.
    SECRET_LEAK = "secret-leak";
    /// A value that may be missing, where one is needed.
    OPTIONAL_VALUE = "optional-value";
    /// A call of something that is no function.
    NOT_CALLABLE = "not-callable";
    /// An argument that the function does not take.
    UNKNOWN_ARGUMENT = "unknown-argument";
    /// An argument that the function needs.
    MISSING_ARGUMENT = "missing-argument";
    /// A function that reaches itself.
    RECURSIVE_FUNCTION = "recursive-function";
    /// A component that contains itself.
    RECURSIVE_COMPONENT = "recursive-component";
    /// A type of more parts than can be looked through.
    TYPE_TOO_LARGE = "type-too-large";
    /// A type that is defined by itself.
    CYCLIC_TYPE = "cyclic-type";
    /// A value that is defined by itself.
    CYCLIC_LET = "cyclic-let";
    /// A refinement that cannot hold, or does not fit its type.
    INVALID_REFINEMENT = "invalid-refinement";
    /// A component that does not satisfy an interface.
    INTERFACE_NOT_SATISFIED = "interface-not-satisfied";
    /// A `moved from` that would take somebody else's logical ids, or none.
    INVALID_MOVE = "invalid-move";
    /// A tag that the compiler sets itself.
    RESERVED_TAG = "reserved-tag";
    /// A name in the wrong case.
    NAMING = "naming";
    /// A private declaration that nothing names.
    UNUSED_DECLARATION = "unused-declaration";
    /// A question about the deployment where there is none yet.
    QUESTION_OUTSIDE_TEST = "question-outside-test";
    /// A test or policy that says nothing.
    EMPTY_CLAIM = "empty-claim";
    /// What another repository says, where it was left out on demand.
    NOT_CHECKED_HERE = "not-checked-here";
}
