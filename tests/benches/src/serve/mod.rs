//! The other side of the wire, in a process of its own so that its work is not counted; knows no client and no measure.

mod http;
mod null;

use std::io::Read;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use crate::Result;

pub use null::{Kept, Null};

/// What is served.
#[derive(Debug, Args)]
pub struct Serve {
    /// Items of the table
    #[arg(long, default_value_t = 100_000)]
    items: usize,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Answers that were kept, instead of those of the one table
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// Goes on when standard input ends
    #[arg(long)]
    stay: bool,
}

/// Says where it listens, and serves until standard input ends: nobody is left behind by a run that was ended.
pub fn serve(serve: &Serve) -> Result {
    let kept = match &serve.kept {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?)?,
        None => Kept::default(),
    };
    let null = Arc::new(Null::new(serve.items, kept));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, serve.port)).await?;
        println!("http://{}", listener.local_addr()?);
        let (gone, end) = tokio::sync::oneshot::channel::<()>();
        let stay = serve.stay;
        std::thread::spawn(move || {
            let read = std::io::stdin().read_to_end(&mut Vec::new());
            if stay && read.is_ok() {
                std::thread::park();
            }
            drop(gone);
        });
        tokio::select! {
            served = http::listen(listener, null) => served,
            _ = end => Ok(()),
        }
    })
}
