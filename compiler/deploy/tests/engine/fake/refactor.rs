//! Stack refactorings of the fake: checked for moving everything and changing nothing, and done in their own time.

use super::{FakeStack, State, TAKES, outputs, refused, resources};
use solc_deploy::backend::{
    CreateStackRefactor, Failure, StackRefactor, StackStatus, TemplateSource, Values,
};
use std::collections::BTreeMap;

pub(crate) struct FakeRefactor {
    pub(crate) id: String,
    request: CreateStackRefactor,
    asked: u64,
    pub(crate) executed: Option<u64>,
    over: bool,
    end: Option<(&'static str, &'static str)>,
}

fn text(source: &TemplateSource) -> &str {
    match source {
        TemplateSource::Body(body) => body,
        TemplateSource::Url(_) => panic!("templates are sent"),
    }
}

impl FakeStack {
    pub(super) fn shell(id: String, name: String) -> Self {
        Self {
            id,
            name,
            status: StackStatus::ReviewInProgress,
            template: "{}".into(),
            parameters: Values::new(),
            tags: Values::new(),
            policy: None,
            protected: false,
            change_set: None,
            sets: Vec::new(),
            events: Vec::new(),
            outputs: Values::new(),
            renamed: BTreeMap::new(),
            running: None,
        }
    }

    pub(crate) fn physical(&self, name: &str) -> String {
        self.renamed.get(name).cloned().unwrap_or_else(|| format!("physical-{name}"))
    }
}

impl State {
    pub(super) fn ask_refactor(&mut self, now: u64, request: &CreateStackRefactor) -> String {
        let id = self.id("refactor");
        let request = request.clone();
        let end = self.refactors_end;
        self.refactors.push(FakeRefactor {
            id: id.clone(),
            request,
            asked: now,
            executed: None,
            over: false,
            end,
        });
        id
    }

    pub(super) fn refactor(&self, now: u64, id: &str) -> Result<StackRefactor, Failure> {
        let found = self.refactors.iter().find(|refactor| refactor.id == id);
        let found = found.ok_or_else(|| refused("DescribeStackRefactor", "it does not exist"))?;
        let end = found.end.map(|(status, _)| status);
        let checked = now >= found.asked + TAKES;
        let refused = checked && end == Some("CREATE_FAILED");
        let (status, execution) = match (checked, refused, found.executed, found.over) {
            (false, ..) => ("CREATE_IN_PROGRESS", "UNAVAILABLE"),
            (true, true, ..) => ("CREATE_FAILED", "UNAVAILABLE"),
            (true, false, None, _) => ("CREATE_COMPLETE", "AVAILABLE"),
            (true, false, Some(_), false) => ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS"),
            (true, false, Some(_), true) => ("CREATE_COMPLETE", end.unwrap_or("EXECUTE_COMPLETE")),
        };
        let why = found.end.map(|(_, why)| why.to_owned());
        Ok(StackRefactor {
            id: id.to_owned(),
            status: status.to_owned(),
            status_reason: why.clone().filter(|_| refused),
            execution_status: execution.to_owned(),
            execution_status_reason: why.filter(|_| found.over),
        })
    }

    pub(super) fn execute_refactor(&mut self, now: u64, id: &str) -> Result<(), Failure> {
        let standing = self.refactor(now, id)?.execution_status;
        if standing != "AVAILABLE" {
            return Err(refused("ExecuteStackRefactor", format!("it is {standing}")));
        }
        for refactor in self.refactors.iter_mut().filter(|refactor| refactor.id == id) {
            refactor.executed = Some(now);
        }
        Ok(())
    }

    /// Does what is due; whether anything was.
    pub(super) fn advance_refactors(&mut self, now: u64) -> bool {
        let due = |refactor: &&mut FakeRefactor| {
            !refactor.over && refactor.executed.is_some_and(|at| at + TAKES <= now)
        };
        let mut todo = Vec::new();
        for refactor in self.refactors.iter_mut().filter(due) {
            refactor.over = true;
            todo.extend(refactor.end.is_none().then(|| refactor.request.clone()));
        }
        todo.iter().for_each(|request| self.apply(now, request));
        !todo.is_empty()
    }

    fn apply(&mut self, now: u64, request: &CreateStackRefactor) {
        let mut is: BTreeMap<(String, String), String> = BTreeMap::new();
        for (name, _) in &request.stacks {
            let Ok(stack) = self.live("refactor", name) else { continue };
            for id in resources(&stack.template).into_keys() {
                is.insert((name.clone(), id.clone()), stack.physical(&id));
            }
        }
        let place = |at: &solc_deploy::backend::ResourceLocation| (at.stack.clone(), at.logical_id.clone());
        let gone: Vec<_> = request
            .mappings
            .iter()
            .map(|(from, to)| (place(to), is.remove(&place(from)).expect("it is where it was")))
            .collect();
        for (to, physical) in gone {
            assert_eq!(is.insert(to, physical), None, "nothing is moved onto another");
        }
        for (name, source) in &request.stacks {
            let template = text(source);
            let declared: Vec<String> = resources(template).into_keys().collect();
            let own = is.iter().filter(|((stack, _), _)| stack == name);
            let own: BTreeMap<String, String> = own.map(|((_, id), it)| (id.clone(), it.clone())).collect();
            assert!(own.keys().eq(declared.iter()), "{name} holds {own:?} and declares {declared:?}");
            assert!(!own.is_empty(), "no stack is empty");
            let status = if self.live("refactor", name).is_ok() {
                StackStatus::UpdateComplete
            } else {
                let id = self.id("stack");
                self.stacks.push(FakeStack::shell(id, name.clone()));
                StackStatus::CreateComplete
            };
            let stack = self.live("refactor", name).expect("there");
            stack.outputs = outputs(template, &stack.parameters);
            template.clone_into(&mut stack.template);
            stack.renamed = own;
            Self::turn(stack, now, None, status, None);
        }
    }
}
