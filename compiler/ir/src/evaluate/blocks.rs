//! Configuration blocks as records with defaults, and what an environment is made of.
//!
//! Invariant: fields are worked out once, when first read; a default sees the fields above it.

use super::turning::Turns;
use super::value::Value;
use super::{Doing, Evaluation, Frame, Slot, cidr};
use crate::codes;
use crate::model;
use solc_check::hir::{self, Block, BlockId, BlockKind, ExprId, ExprKind};
use solc_source::{Diagnostic, Name, Severity, Span};
use std::sync::Arc;

impl<'a> Evaluation<'a> {
    pub(crate) fn block(&self, id: BlockId) -> Option<&'a Block> {
        self.project.blocks.get(id.index())
    }

    /// The product.
    pub(crate) fn product(&self) -> Option<BlockId> {
        self.block_of(BlockKind::Product)
    }

    /// The first block of a kind, of which there is one at most.
    pub(crate) fn block_of(&self, kind: BlockKind) -> Option<BlockId> {
        let index = self.project.blocks.iter().position(|b| b.kind == kind)?;
        u32::try_from(index).ok().map(BlockId)
    }

    /// A field of a block, by name.
    pub(crate) fn block_field(&mut self, id: BlockId, name: &str) -> Value {
        let Some(block) = self.block(id) else { return Value::Missing };
        if name == "name" {
            return Value::Text(block.name.clone());
        }
        let record = block.record.and_then(|r| self.project.records.get(r.index()));
        match record.and_then(|r| r.fields.iter().position(|f| f.name == name)) {
            Some(index) => self.block_slot(id, index),
            None => Value::Missing,
        }
    }

    fn block_slot(&mut self, id: BlockId, index: usize) -> Value {
        match self.block_fields.get(&(id, index)) {
            Some(Slot::Done(value, turns)) => {
                let (value, turns) = (value.clone(), *turns);
                self.read(turns);
                return value;
            }
            Some(Slot::Doing) => return self.cycle(Doing::Field(id, index)),
            Some(Slot::Todo) | None => {}
        }
        self.block_fields.insert((id, index), Slot::Doing);
        self.doing.push(Doing::Field(id, index));
        let (value, turns) = self.tracked(|this| this.work_out_field(id, index).unwrap_or(Value::Missing));
        self.doing.pop();
        self.block_fields.insert((id, index), Slot::Done(value.clone(), turns));
        value
    }

    fn work_out_field(&mut self, id: BlockId, index: usize) -> Option<Value> {
        let block = self.block(id)?;
        let record = self.project.records.get(block.record?.index())?;
        let field = record.fields.get(index)?;
        if field.name == "name" {
            return Some(Value::Text(block.name.clone()));
        }
        if block.kind == BlockKind::Environment && field.name == "facts" {
            return Some(self.facts(&block.name, &field.ty));
        }
        if block.kind == BlockKind::Environment && field.name == "availability" {
            self.read(Turns::VALUE);
        }
        if block.kind == BlockKind::Environment
            && field.name == "availability"
            && let Some(multi_az) = self.inputs.assume_multi_az
        {
            return self.case_named(&field.ty, if multi_az { "multi_az" } else { "single_az" });
        }
        if let Some(given) = block.fields.iter().find(|g| g.name == field.name) {
            let mut frame = Frame::new(self.body(block.body), None);
            let value = self.eval(&mut frame, given.value);
            let span = frame.body.expr(given.value).span;
            return Some(self.conform(&field.ty, value, span));
        }
        match field.default {
            Some(default) => Some(self.field_default(id, record, index, default).0),
            None => super::expr::is_optional(&field.ty).then_some(Value::None),
        }
    }

    /// The default of a block's field, and where it is written.
    pub(crate) fn field_default(
        &mut self,
        id: BlockId,
        record: &'a hir::Record,
        index: usize,
        default: ExprId,
    ) -> (Value, Span) {
        let mut frame = Frame::new(self.body(record.body), None);
        let mut above = Vec::new();
        super::reads::visit(frame.body, default, &mut |kind| {
            if let ExprKind::Local(field) = kind {
                above.push(*field);
            }
        });
        for field in above {
            if field.index() < index {
                let value = self.block_slot(id, field.index());
                frame.locals.push((field, value));
            }
        }
        let value = self.eval(&mut frame, default);
        let span = frame.body.expr(default).span;
        match record.fields.get(index) {
            Some(field) => (self.conform(&field.ty, value, span), span),
            None => (value, span),
        }
    }

    /// The place of a block's field, or of its name.
    pub(crate) fn field_span(&self, id: BlockId, name: &str) -> Span {
        let Some(block) = self.block(id) else { return Span::default() };
        let given = block.fields.iter().find(|f| f.name == name);
        given.map_or(block.span, |f| self.body(block.body).expr(f.value).span)
    }

    fn field_text(&mut self, id: BlockId, name: &str) -> Name {
        let value = self.block_field(id, name);
        match self.text_of(&value) {
            Some(model::Value::String(text)) => text,
            Some(_) | None => Name::default(),
        }
    }

    /// Reads the environment's block and its account's: names, zones, availability. False where the account is
    /// not known, so that nothing else can be worked out.
    pub(crate) fn prepare(&mut self, id: BlockId) -> bool {
        let Some(block) = self.block(id) else { return false };
        self.environment.name = block.name.clone();
        self.environment.span = block.span;
        self.environment.stage = self.field_text(id, "stage");
        if let Some(product) = self.product() {
            self.environment.product =
                self.project.blocks.get(product.index()).map(|b| b.name.clone()).unwrap_or_default();
        }
        let Value::Block(account) = self.block_field(id, "account") else { return false };
        self.environment.account = self.block(account).map(|b| b.name.clone()).unwrap_or_default();
        self.environment.account_id = self.field_text(account, "id");
        let region = self.field_text(account, "region");
        self.environment.partition = Name::new_static(match region.as_str() {
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        });
        self.environment.region = region;
        self.environment.boundary = match self.block_field(account, "boundary") {
            Value::Text(boundary) => Some(boundary),
            _ => None,
        };
        let product = &self.environment.product;
        self.environment.role_path = Name::from(format!("/{product}/{}/", self.environment.name));
        self.environment.multi_az = self.field_text(id, "availability") == "multi_az";
        self.find_zones(account);
        self.active_zones =
            if self.environment.multi_az { self.zones.len() } else { self.zones.len().min(1) };
        self.strict = self.inputs.strict || self.field_text(id, "release") == "continuous";
        self.with_infrastructure = self.inputs.documents.with_infrastructure.contains(&block.name);
        self.check_availability(id, account);
        // Read or not, what does not fit is wrong.
        self.block_field(id, "facts");
        let accounts = self.blocks_of(BlockKind::Organisation).chain(self.block(account));
        let chain: Vec<&'a Block> =
            accounts.chain(self.blocks_of(BlockKind::Product)).chain(std::iter::once(block)).collect();
        self.collect_profiles(chain);
        self.check_profiles();
        !self.environment.region.is_empty()
    }

    fn blocks_of(&self, kind: BlockKind) -> impl Iterator<Item = &'a Block> + use<'a> {
        self.project.blocks.iter().filter(move |b| b.kind == kind)
    }

    fn find_zones(&mut self, account: BlockId) {
        let Value::List(letters) = self.block_field(account, "zones") else { return };
        for letter in letters.iter() {
            let Value::Text(letter) = letter else { continue };
            let name = format!("{}{letter}", self.environment.region);
            let index = letter.bytes().next().map_or(0, |b| i64::from(b) - i64::from(b'a'));
            self.environment.zones.push(Name::from(&*name));
            let zone = super::builtins::record([
                ("name", Value::text(name)),
                ("letter", Value::Text(letter.clone())),
                ("index", Value::Int(index)),
            ]);
            self.zones.push((letter.clone(), Value::Map(Arc::new(zone))));
        }
    }

    fn check_availability(&mut self, id: BlockId, account: BlockId) {
        let Some(block) = self.block(id) else { return };
        let Some(account_block) = self.block(account) else { return };
        if self.environment.multi_az && self.zones.len() < 2 {
            let count = self.zones.len();
            let at = if block.fields.iter().any(|f| f.name == "availability") {
                "availability"
            } else {
                "account"
            };
            let account_name = &account_block.name;
            let diagnostic = Diagnostic::error(
                codes::TOO_FEW_ZONES,
                self.field_span(id, at),
                format!(
                    "`{}` is Multi-AZ, and account `{account_name}` has {count} zone{}",
                    block.name,
                    if count == 1 { "" } else { "s" }
                ),
            )
            .label("Multi-AZ needs at least two zones")
            .because(self.field_span(account, "zones"), format!("the zones of `{account_name}`"))
            .help("add zones to the account, or set `availability = single_az` where the stage allows it");
            self.report(diagnostic);
        }
        if self.inputs.assume_multi_az.is_some() {
            return;
        }
        let given = block.fields.iter().find(|f| f.name == "availability");
        let exposed = !self.environment.multi_az && self.at_least_preproduction(id);
        let waiver = self.waiver(block, exposed);
        if let (Some(given), false, true) = (given, waiver, exposed) {
            let stage = &self.environment.stage;
            let diagnostic = Diagnostic::error(
                codes::SINGLE_AZ_ABOVE_INTEGRATION,
                self.body(block.body).expr(given.value).span,
                format!("`{}` is of stage `{stage}` and runs in one zone only", block.name),
            )
            .label("the loss of this zone stops everything")
            .because(
                self.field_span(id, "stage"),
                format!("from `preproduction` up, the default is `multi_az`; this is `{stage}`"),
            )
            .help("remove this line, or add `waive availability because \"…\"` to the environment");
            self.report(diagnostic);
        }
    }

    /// Whether one zone where the stage asks for more is waived, which every report then repeats.
    fn waiver(&mut self, block: &'a Block, exposed: bool) -> bool {
        let mut waived = false;
        for waiver in block.waivers.iter().filter(|w| w.what == "availability") {
            if exposed && !waived {
                waived = true;
                let diagnostic = Diagnostic::new(
                    codes::WAIVED,
                    Severity::Note,
                    waiver.span,
                    format!("`{}` runs in one zone only, which was allowed", block.name),
                )
                .label(format!("because \"{}\"", waiver.because));
                self.report(diagnostic);
                self.waivers.push(model::Waiver {
                    what: waiver.what.clone(),
                    place: block.name.clone(),
                    because: waiver.because.clone(),
                    span: waiver.span,
                });
                continue;
            }
            let stage = &self.environment.stage;
            let why = if waived {
                "it is waived above already".to_owned()
            } else if self.environment.multi_az {
                format!("`{}` is Multi-AZ", block.name)
            } else {
                format!("one zone is enough for stage `{stage}`")
            };
            self.unused_waiver(waiver, &why);
        }
        waived
    }

    /// Warns of a waiver that allows nothing that would not be allowed without it.
    pub(crate) fn unused_waiver(&mut self, waiver: &hir::Waiver, why: &str) {
        let diagnostic = Diagnostic::warning(
            codes::UNUSED_WAIVER,
            waiver.span,
            format!("nothing here needs `{}` to be waived", waiver.what),
        )
        .label(why)
        .help("remove it, so that it hides nothing later")
        .fix("remove it", waiver.span, "");
        self.report(diagnostic);
    }

    fn at_least_preproduction(&mut self, id: BlockId) -> bool {
        let Value::Enum(stage, case) = self.block_field(id, "stage") else { return false };
        let cases = self.project.enums.get(stage.index()).map(|e| e.cases.as_slice()).unwrap_or_default();
        cases.iter().position(|c| c == "preproduction").is_some_and(|p| case as usize >= p)
    }
}

/// Mistakes of blocks that concern no single environment, or several.
pub(crate) fn check_all(evaluation: &mut Evaluation<'_>) {
    let project = evaluation.project;
    let mut networks: Vec<(BlockId, BlockId, (u32, u8))> = Vec::new();
    let ids = (0..project.blocks.len()).filter_map(|i| u32::try_from(i).ok()).map(BlockId);
    let mut used: Vec<BlockId> = Vec::new();
    for id in ids.clone() {
        let Some(block) = evaluation.block(id) else { continue };
        if block.kind != BlockKind::Environment {
            continue;
        }
        let account = evaluation.block_field(id, "account");
        let network = evaluation.block_field(id, "network");
        if let (Value::Block(account), Value::Cidr(address, prefix)) = (account, network) {
            used.push(account);
            networks.push((account, id, (address, prefix)));
        }
    }
    // What an environment finds by itself is reported there.
    evaluation.diagnostics.clear();
    for (index, (account, id, range)) in networks.iter().enumerate() {
        for (_, other, taken) in
            networks.iter().take(index).filter(|(a, _, r)| a == account && cidr::overlap(*r, *range))
        {
            report_overlap(evaluation, (*id, *range), (*other, *taken));
        }
    }
    for id in ids {
        let Some(block) = evaluation.block(id) else { continue };
        let alone =
            block.kind == BlockKind::Team || (block.kind == BlockKind::Account && !used.contains(&id));
        if alone {
            let fields =
                block.record.and_then(|r| project.records.get(r.index())).map_or(0, |r| r.fields.len());
            for index in 0..fields {
                evaluation.block_slot(id, index);
            }
        }
    }
}

fn report_overlap(
    evaluation: &mut Evaluation<'_>,
    (id, range): (BlockId, (u32, u8)),
    (other, taken): (BlockId, (u32, u8)),
) {
    let name = |id| evaluation.block(id).map(|b: &Block| b.name.to_string()).unwrap_or_default();
    let (here, there) = (name(id), name(other));
    let diagnostic = Diagnostic::error(
        codes::CIDR_OVERLAP,
        evaluation.field_span(id, "network"),
        format!("the networks of `{here}` and `{there}` overlap"),
    )
    .label(format!("`{}`", cidr::show(range)))
    .because(evaluation.field_span(other, "network"), format!("`{}`, in the same account", cidr::show(taken)))
    .help("give one of them a range of its own");
    evaluation.report(diagnostic);
}
