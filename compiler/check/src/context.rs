//! What is known of every declaration before any body is checked.
//!
//! Invariant: bodies are checked against an immutable `Context`, so that they can be checked in parallel.

use crate::hir::{
    Accepts, Alias, BlockId, BlockKind, ComponentId, Enum, FunctionId, GlobalId, Interface, InterfaceId,
    Kind, Layer, MemberId, Record, RecordId, Ty, Union,
};
use crate::load::{Catalogue, Unit};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use solc_source::{Name, Span};
use solc_syntax::ast;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that a name at the top of a file can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decl {
    Component(ComponentId),
    Interface(InterfaceId),
    Type(TypeDeclId),
    Function(FunctionId),
    Global(GlobalId),
}

/// A `type` or `enum` declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeDeclId(pub(crate) u32);

/// A name at the top of a file.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) decl: Decl,
    pub(crate) span: Span,
    pub(crate) private: bool,
    /// Whether anything in the file names it; asked of what is private, and of what is imported.
    pub(crate) used: Arc<AtomicBool>,
}

/// The names of one file.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) own: IndexMap<Name, Named>,
    pub(crate) imported: IndexMap<Name, Named>,
    /// Names that a `use` would have brought, had it been right: nothing is said of them again.
    pub(crate) broken: Vec<Name>,
}

#[derive(Debug)]
pub(crate) struct ComponentSource<'a> {
    pub(crate) unit: usize,
    pub(crate) name: &'a ast::Ident,
    pub(crate) body: &'a [ast::Statement],
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) struct TypeSource<'a> {
    pub(crate) unit: usize,
    pub(crate) name: &'a ast::Ident,
    pub(crate) body: TypeSourceBody<'a>,
    pub(crate) state: TypeState,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum TypeSourceBody<'a> {
    Type(&'a ast::TypeBody),
    Enum(&'a ast::EnumDecl),
}

#[derive(Clone, Debug)]
pub(crate) enum TypeState {
    Todo,
    Doing,
    Done(Ty),
}

/// A declaration of which only place and tree are known.
#[derive(Debug)]
pub(crate) struct Source<'a, T> {
    pub(crate) unit: usize,
    pub(crate) decl: &'a T,
}

/// A test or policy of which only place and tree are known.
#[derive(Debug)]
pub(crate) struct ClaimSource<'a> {
    pub(crate) unit: usize,
    pub(crate) decl: ClaimDecl<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ClaimDecl<'a> {
    Test(&'a ast::TestDecl),
    Policy(&'a ast::PolicyDecl),
}

impl<'a> ClaimDecl<'a> {
    /// Its name.
    pub(crate) fn name(self) -> &'a ast::CodeString {
        match self {
            Self::Test(decl) => &decl.name,
            Self::Policy(decl) => &decl.name,
        }
    }

    /// What it says.
    pub(crate) fn body(self) -> &'a [ast::Statement] {
        match self {
            Self::Test(decl) => &decl.body,
            Self::Policy(decl) => &decl.body,
        }
    }
}

/// A parameter as callers see it.
#[derive(Clone, Debug)]
pub(crate) struct ParameterSignature {
    pub(crate) name: Name,
    pub(crate) ty: Ty,
    pub(crate) has_default: bool,
    pub(crate) span: Span,
}

/// A function as callers see it.
#[derive(Clone, Debug)]
pub(crate) struct FunctionSignature {
    pub(crate) params: Vec<ParameterSignature>,
    pub(crate) result: Ty,
}

/// What kind of member, as far as others need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberTag {
    Param { has_default: bool },
    Let,
    Resource,
    Instance,
    Attribute,
    Principal,
    Output,
}

/// A member before its body is checked.
#[derive(Clone, Debug)]
pub(crate) struct MemberSignature {
    pub(crate) name: Name,
    pub(crate) span: Span,
    /// `None`: a `let` whose type is inferred.
    pub(crate) ty: Option<Ty>,
    pub(crate) tag: MemberTag,
}

/// A grant before its body is checked.
#[derive(Clone, Debug)]
pub(crate) struct GrantSignature {
    pub(crate) params: Vec<ParameterSignature>,
    pub(crate) consumer: Option<InterfaceId>,
    /// What can be read of it as a value: parameters and attributes.
    pub(crate) exposes: IndexMap<Name, Ty>,
    pub(crate) span: Span,
}

/// A component as others see it.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    pub(crate) members: Vec<MemberSignature>,
    pub(crate) names: IndexMap<Name, MemberId>,
    pub(crate) grants: IndexMap<Name, GrantSignature>,
    pub(crate) accepts: Accepts,
    pub(crate) layer: Option<Layer>,
    pub(crate) has_role: bool,
}

impl Signature {
    pub(crate) fn member(&self, name: &str) -> Option<&MemberSignature> {
        self.names.get(name).and_then(|id| self.members.get(id.index()))
    }

    /// What can be read from outside: parameters and attributes.
    pub(crate) fn visible(&self) -> impl Iterator<Item = &MemberSignature> {
        self.members.iter().filter(|m| matches!(m.tag, MemberTag::Param { .. } | MemberTag::Attribute))
    }
}

/// Where an instance declares a setting.
#[derive(Clone, Debug)]
pub(crate) struct SettingSite {
    pub(crate) ty: Ty,
    pub(crate) span: Span,
    /// The component or solution in which the instance stands.
    pub(crate) component: ComponentId,
}

/// The records of `std.cmdb` that the language itself speaks of.
#[derive(Debug, Default)]
pub(crate) struct WellKnown {
    pub(crate) blocks: FxHashMap<BlockKind, RecordId>,
    pub(crate) zone: Option<RecordId>,
    pub(crate) image: Option<RecordId>,
    pub(crate) image_format: Option<Ty>,
    pub(crate) secret_reference: Option<RecordId>,
    pub(crate) platform: Option<ComponentId>,
    pub(crate) internet: Option<ComponentId>,
}

/// Everything that is known before bodies are checked.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) units: &'a [Unit],
    /// What the library offers, for suggestions.
    pub(crate) catalogue: Catalogue,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) prelude: IndexMap<Name, Named>,
    pub(crate) components: Vec<ComponentSource<'a>>,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) interface_sources: Vec<Source<'a, ast::InterfaceDecl>>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) types: Vec<TypeSource<'a>>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) unions: Vec<Union>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) records: Vec<Record>,
    /// The defaults of each record's fields, and the file they stand in.
    pub(crate) record_defaults: Vec<(usize, Vec<Option<&'a ast::Expr>>)>,
    pub(crate) functions: Vec<Source<'a, ast::FnDecl>>,
    pub(crate) function_signatures: Vec<FunctionSignature>,
    pub(crate) globals: Vec<Source<'a, ast::LetDecl>>,
    pub(crate) checked_globals: Vec<std::sync::OnceLock<(Ty, crate::hir::Body, crate::hir::ExprId)>>,
    pub(crate) blocks: Vec<Source<'a, ast::BlockDecl>>,
    pub(crate) claims: Vec<ClaimSource<'a>>,
    /// Environments of the workspace that this project does not hold.
    pub(crate) elsewhere: &'a [Name],
    pub(crate) block_names: FxHashMap<(BlockKind, Name), BlockId>,
    /// Teams that products declare under `teams`.
    pub(crate) teams: IndexMap<Name, Span>,
    /// The types written inside components, by place.
    pub(crate) type_at: FxHashMap<Span, Ty>,
    pub(crate) well_known: WellKnown,
    /// The settings that instances declare, by name; gathered when a profile first speaks of settings.
    pub(crate) settings: std::sync::OnceLock<FxHashMap<Name, Vec<SettingSite>>>,
    /// Whether blocks may be declared by repositories that were left out.
    pub(crate) alone: bool,
}

impl<'a> Context<'a> {
    /// Where a setting is declared, in the order of the components.
    pub(crate) fn setting_sites(&self, name: &str) -> &[SettingSite] {
        self.settings().get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every setting, in no order.
    pub(crate) fn all_setting_sites(&self) -> impl Iterator<Item = (&Name, &[SettingSite])> {
        self.settings().iter().map(|(name, sites)| (name, sites.as_slice()))
    }

    fn settings(&self) -> &FxHashMap<Name, Vec<SettingSite>> {
        self.settings.get_or_init(|| {
            let mut all: FxHashMap<Name, Vec<SettingSite>> = FxHashMap::default();
            for (index, component) in self.components.iter().enumerate() {
                let id = ComponentId(u32::try_from(index).unwrap_or(u32::MAX));
                for statement in component.body {
                    let ast::StatementKind::Instance(instance) = &statement.kind else { continue };
                    for inner in &instance.body {
                        let ast::StatementKind::Setting { name, ty, .. } = &inner.kind else { continue };
                        let ty = self.type_at.get(&ty.span).cloned().unwrap_or(Ty::Error);
                        let site = SettingSite { ty, span: name.span, component: id };
                        all.entry(name.name.clone()).or_default().push(site);
                    }
                }
            }
            all
        })
    }

    /// What a name at the top level means in a file.
    pub(crate) fn lookup(&self, unit: usize, name: &str) -> Option<&Named> {
        let scope = self.scopes.get(unit)?;
        let found =
            scope.own.get(name).or_else(|| scope.imported.get(name)).or_else(|| self.prelude.get(name))?;
        // Bodies are checked in parallel: what is marked already is only read.
        if !found.used.load(Ordering::Relaxed) {
            found.used.store(true, Ordering::Relaxed);
        }
        Some(found)
    }

    /// The whole name of the module that a file means by a path: its own package's first, then that of a library that
    /// the package depends on.
    pub(crate) fn module_path(&self, unit: usize, path: &[Name]) -> Vec<Name> {
        let Some(package) = self.units.get(unit).map(|u| &u.package) else { return path.to_vec() };
        let behind = |prefix: &[Name], rest: &[Name]| prefix.iter().chain(rest).cloned().collect::<Vec<_>>();
        let own = behind(&package.prefix, path);
        let is_std = path.first().is_some_and(|first| first == "std");
        if is_std && !self.units.iter().any(|u| !u.library && u.answers(&own)) {
            return path.to_vec();
        }
        let library = path.split_first().and_then(|(first, rest)| {
            let (_, prefix) = package.dependencies.iter().find(|(name, _)| name == first)?;
            Some(behind(prefix, rest))
        });
        match library {
            Some(library) if !self.units.iter().any(|u| u.answers(&own)) => library,
            Some(_) | None => own,
        }
    }

    /// Whether a path leads into a library that was left out.
    pub(crate) fn is_left_out(&self, unit: usize, path: &[Name]) -> bool {
        let left_out = self.units.get(unit).map(|u| u.package.left_out.as_slice()).unwrap_or_default();
        path.first().is_some_and(|first| left_out.contains(first))
    }

    /// Whether a name would be known if its `use` were right; that was reported.
    pub(crate) fn is_broken(&self, unit: usize, name: &str) -> bool {
        self.scopes.get(unit).is_some_and(|s| s.broken.iter().any(|n| n == name))
    }

    /// All top-level names that a file sees, for suggestions.
    pub(crate) fn visible_names(&self, unit: usize) -> impl Iterator<Item = (&str, Decl)> {
        self.scopes
            .get(unit)
            .into_iter()
            .flat_map(|s| s.own.iter().chain(s.imported.iter()))
            .chain(self.prelude.iter())
            .map(|(name, named)| (name.as_str(), named.decl))
    }

    pub(crate) fn signature(&self, id: ComponentId) -> Option<&Signature> {
        self.signatures.get(id.index())
    }

    pub(crate) fn component(&self, id: ComponentId) -> Option<&ComponentSource<'a>> {
        self.components.get(id.index())
    }

    pub(crate) fn component_name(&self, id: ComponentId) -> &str {
        self.components.get(id.index()).map_or("", |c| c.name.name.as_str())
    }

    pub(crate) fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(id.index())
    }

    /// Whether a file belongs to the standard library.
    pub(crate) fn is_library(&self, unit: usize) -> bool {
        self.units.get(unit).is_some_and(|u| u.library)
    }

    /// The names of all blocks of a kind.
    pub(crate) fn blocks_of(&self, kind: BlockKind) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter(move |b| b.decl.kind == kind).map(|b| b.decl.name.name.as_str())
    }
}
