//! `solc local`: the embedded CloudFormation beside deploying.
//!
//! Invariant: what is served is what `--backend local` deploys to, where both have the same folder.

use crate::args::{Local, Serve};
use crate::output::{Exit, Output};
use solc_deploy::clock::SystemClock;
use solc_deploy::local::{Options, Service, serve};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn run(local: &Local, output: &Output) -> Exit {
    match local {
        Local::Serve(options) => match listen(options, output) {
            Ok(exit) => exit,
            Err(message) => {
                output.say(&format!("error: {message}"));
                Exit::Usage
            }
        },
    }
}

fn listen(options: &Serve, output: &Output) -> Result<Exit, String> {
    let folder = options.data.display();
    std::fs::create_dir_all(&options.data).map_err(|error| {
        format!("cannot make the folder `{folder}`: {error}; name another one with `--data`")
    })?;
    let path = options.data.join("local.db");
    let settings = Options { account: options.account.clone(), ..Options::default() };
    let service = Service::new(Some(path.clone()), Arc::new(SystemClock), settings)
        .map_err(|error| format!("cannot open `{}`: {error}", path.display()))?;
    let port = options.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| format!("cannot listen at port {port}: {error}; `--port 0` takes a free one"))?;
    let address = listener.local_addr().map_err(|error| format!("the port cannot be read: {error}"))?;
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || stop.store(true, Ordering::SeqCst))
        .map_err(|error| format!("cannot listen for interruptions: {error}"))?;
    // A program that starts this reads the address from here.
    let printed = output.print(&format!("http://{address}\n"));
    if printed != Exit::Clean {
        return Ok(printed);
    }
    output.tell(&format!(
        "the state is kept in `{}`; try: aws --endpoint-url http://{address} cloudformation describe-stacks",
        path.display()
    ));
    serve(listener, &service, &|| stopped.load(Ordering::SeqCst))?;
    Ok(Exit::Clean)
}
