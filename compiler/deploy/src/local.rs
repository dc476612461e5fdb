//! An embedded CloudFormation: the service's state machines over a database in one file, nothing to install.
//!
//! Invariant: it needs no process of its own. Every call brings the world to the clock's time first, so a deployment
//! goes on whoever is killed, and a test turns a day in no time. What it does not do as the service does stands in
//! the book's page on it.

mod backend;
mod change_set;
mod changes;
mod cloud;
mod difference;
mod drift;
mod error;
mod inside;
mod intrinsic;
mod model;
mod operation;
mod options;
mod policy;
mod refactor;
mod request;
mod serve;
mod store;
mod task;
mod template;
mod time;
mod world;

pub use options::{Fault, FaultPoint, Injected, Injection, Latency, Options, RepeatedToken};
pub use request::DirectRequest;
pub use serve::{Service, serve};
pub use store::StoreError;

use crate::backend::Failure;
use crate::clock::Clock;
use error::{Answer, Error};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use world::{World, kind};

/// CloudFormation of one account in one region, embedded.
///
/// Several handles, in several processes, may have the same file open; one with another account or region sees
/// another part of it.
pub struct Local {
    connection: Mutex<Connection>,
    clock: Arc<dyn Clock>,
    options: Options,
}

impl Local {
    /// Opens the database at a path, or makes it; its folder must be there.
    ///
    /// # Errors
    /// Where the file cannot be opened or is none of ours.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, options: Options) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(store::open(Some(path))?), clock, options })
    }

    /// One that is gone with its handle.
    ///
    /// # Errors
    /// Where the database cannot be made.
    pub fn in_memory(clock: Arc<dyn Clock>, options: Options) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(store::open(None)?), clock, options })
    }

    /// Creates a stack without a change set; returns its id.
    ///
    /// # Errors
    /// What the service refuses.
    pub fn create_stack(&self, request: &DirectRequest) -> Result<String, Failure> {
        self.call("CreateStack", |world| {
            world.once("CreateStack", &request.token, request, |world| world.create_stack(request))
        })
    }

    /// Updates a stack without a change set; returns its id.
    ///
    /// # Errors
    /// What the service refuses.
    pub fn update_stack(&self, request: &DirectRequest) -> Result<String, Failure> {
        self.call("UpdateStack", |world| {
            world.once("UpdateStack", &request.token, request, |world| world.update_stack(request))
        })
    }

    /// Lets a resource fail, from now on.
    ///
    /// # Errors
    /// Where the database fails. So for every method of this kind.
    pub fn add_fault(&self, fault: &Fault) -> Result<(), Failure> {
        self.act("AddFault", |world| {
            let count =
                world.store.all::<Fault>(kind::FAULT)?.last().map_or(0, |(key, _)| key.parse().unwrap_or(0));
            Ok(world.store.put(kind::FAULT, &format!("{:06}", count + 1), None, fault)?)
        })
    }

    /// Lets requests go wrong, from now on.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn inject(&self, injected: &Injected) -> Result<(), Failure> {
        self.act("Inject", |world| {
            let count = world.store.all::<Injected>("injected")?.len();
            Ok(world.store.put("injected", &format!("{count:06}"), None, injected)?)
        })
    }

    /// Sets the state of an alarm: `OK`, `ALARM`, `INSUFFICIENT_DATA`. Operations that watch it roll back at once.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn set_alarm(&self, name: &str, state: &str) -> Result<(), Failure> {
        self.act("SetAlarmState", |world| {
            world.store.put(kind::ALARM, name, None, &state)?;
            for id in world.stack_ids()? {
                let watches = world.peek(&id)?.running.as_ref().is_some_and(|running| {
                    matches!(
                        running.phase,
                        model::Phase::Create | model::Phase::Update | model::Phase::Monitor { create: _ }
                    )
                });
                if !watches {
                    continue;
                }
                let mut stack = world.take(&id)?;
                if let Some(reason) = world.alarm(&stack)? {
                    world.stop(&mut stack, &reason)?;
                }
                world.keep(stack)?;
            }
            Ok(())
        })
    }

    /// Changes a property of a stack's live resource behind CloudFormation's back; without a value, takes it away.
    ///
    /// # Errors
    /// Where there is no such resource.
    pub fn change_live(
        &self,
        stack: &str,
        logical_id: &str,
        property: &str,
        value: Option<Value>,
    ) -> Result<(), Failure> {
        self.act("ChangeLive", |world| world.tamper(stack, logical_id, property, value))
    }

    /// Deletes a stack's live resource behind CloudFormation's back.
    ///
    /// # Errors
    /// Where there is no such resource.
    pub fn delete_live(&self, stack: &str, logical_id: &str) -> Result<(), Failure> {
        self.act("DeleteLive", |world| world.destroy(stack, logical_id))
    }

    /// The live resources of the account, as type and physical id, whether or not a stack owns them.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn live_resources(&self) -> Result<Vec<(String, String)>, Failure> {
        self.act("ListLive", |world| {
            let live: Vec<(String, model::Live)> = world.store.all(kind::LIVE)?;
            Ok(live.into_iter().map(|(_, live)| (live.resource_type, live.physical_id)).collect())
        })
    }

    /// The physical ids of resources of which a snapshot was taken before they were deleted.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn snapshots(&self) -> Result<Vec<String>, Failure> {
        self.act("ListSnapshots", |world| {
            let kept: Vec<(String, model::Resource)> = world.store.all(kind::SNAPSHOT)?;
            Ok(kept.into_iter().filter_map(|(_, resource)| resource.physical_id).collect())
        })
    }

    /// A request to the service: what was injected may befall it.
    fn call<T>(&self, operation: &str, act: impl FnOnce(&mut World<'_>) -> Answer<T>) -> Result<T, Failure> {
        match self.befalls(operation).map_err(|error| error.into_failure(operation))? {
            None => self.act(operation, act),
            Some(Injection::Throttle) => {
                Err(Failure::answered(operation, 400, "Throttling", "Rate exceeded"))
            }
            Some(Injection::ServerError) => Err(Failure::answered(
                operation,
                500,
                "InternalFailure",
                "The request processing has failed because of an unknown error",
            )),
            Some(Injection::Unreachable) => {
                Err(Failure::unanswered(operation, "DispatchFailure", "the service cannot be reached"))
            }
            Some(Injection::ExpiredCredentials) => Err(Failure::answered(
                operation,
                403,
                "ExpiredToken",
                "The security token included in the request is expired",
            )),
            Some(Injection::LostResponse) => {
                self.act(operation, act)?;
                Err(Failure::unanswered(
                    operation,
                    "ResponseLost",
                    "the connection was closed before the answer",
                ))
            }
        }
    }

    /// The world at this time, and what is done in it.
    fn act<T>(&self, operation: &str, act: impl FnOnce(&mut World<'_>) -> Answer<T>) -> Result<T, Failure> {
        self.transact(act).map_err(|error| error.into_failure(operation))
    }

    fn transact<T>(&self, act: impl FnOnce(&mut World<'_>) -> Answer<T>) -> Answer<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = format!("{}/{}", self.options.account, self.options.region);
        let store = Store::begin(&mut connection, &scope, !self.options.read_lag.is_zero())?;
        let mut world = World::new(store, &self.options, self.clock.now());
        world.advance()?;
        let answer = act(&mut world)?;
        world.commit()?;
        Ok(answer)
    }

    /// What befalls a request, where anything does; each time counts.
    fn befalls(&self, operation: &str) -> Result<Option<Injection>, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = format!("{}/{}", self.options.account, self.options.region);
        let store = Store::begin(&mut connection, &scope, false)?;
        let second = self.clock.now().0 / 1_000;
        if let Some(rate) = self.options.rate {
            let (last, count): (u64, u32) = store.get("rate", "")?.unwrap_or((second, 0));
            let count = if last == second { count.saturating_add(1) } else { 1 };
            store.put("rate", "", None, &(second, count))?;
            if count > rate {
                store.commit()?;
                return Ok(Some(Injection::Throttle));
            }
        }
        let mut found = None;
        for (key, mut injected) in store.all::<Injected>("injected")? {
            if injected.times == 0 || (injected.operation != "*" && injected.operation != operation) {
                continue;
            }
            if injected.skip > 0 {
                injected.skip -= 1;
            } else if found.is_none() {
                injected.times -= 1;
                found = Some(injected.what);
            }
            store.put("injected", &key, None, &injected)?;
        }
        store.commit()?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
