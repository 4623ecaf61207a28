//! A server on this machine that answers DynamoDB's requests as a test says; it never knows why they are sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Status and body for the name of an operation.
pub type Answer = fn(&str) -> (u16, String);

/// A listening server; it lives as long as the process.
#[derive(Debug)]
pub struct Server {
    port: u16,
    operations: Arc<Mutex<Vec<String>>>,
}

/// An error as DynamoDB answers it.
pub fn error(code: &str, message: &str) -> (u16, String) {
    let body = serde_json::json!({"__type": format!("com.amazon.coral.service#{code}"), "message": message});
    (400, body.to_string())
}

impl Server {
    /// Starts one.
    ///
    /// # Panics
    /// No port is free.
    pub fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let operations = Arc::new(Mutex::new(Vec::new()));
        let heard = operations.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = heard.clone();
                std::thread::spawn(move || serve(stream, answer, &heard));
            }
        });
        Self { port, operations }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked for, in order.
    pub fn operations(&self) -> Vec<String> {
        self.operations.lock().expect("a list").clone()
    }
}

/// One request, one answer; who hangs up early is not answered.
fn serve(stream: TcpStream, answer: Answer, heard: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => operation = value.trim().rsplit('.').next().unwrap_or_default().to_owned(),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    heard.lock().ok()?.push(operation.clone());
    let (status, body) = answer(&operation);
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()
}
