//! The simulation over TCP, for clients in other processes; it never knows what a request says.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::handle::Simulated;
use super::null::Null;

/// A whole answer, its head included.
pub(super) type Answer = Arc<[u8]>;

/// Puts a head before a body.
pub(super) fn rendered(status: u16, body: &[u8]) -> Answer {
    let head =
        format!("HTTP/1.1 {status} -\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat().into()
}

/// A listening simulation: HTTP/1.1 without TLS, connections kept open, signatures not looked at.
///
/// Beside DynamoDB's own operations it answers `x-amz-target: Simulated.Counts` with what was asked of all simulated tables
/// since the start, as a JSON object of numbers by table.
#[derive(Debug)]
pub struct Face {
    listener: TcpListener,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    simulated: Simulated,
    connector: SharedHttpConnector,
    null: Option<Null>,
}

impl Face {
    /// Listens on a port of this machine; 0 is any free one. A null table comes before a simulated one.
    ///
    /// # Errors
    ///
    /// The port is not free.
    pub async fn listen(simulated: &Simulated, null: Option<Null>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let connector = simulated.seam.connector().await;
        Ok(Self { listener, inner: Arc::new(Inner { simulated: simulated.clone(), connector, null }) })
    }

    /// Where it listens.
    ///
    /// # Panics
    ///
    /// The system does not know.
    pub fn port(&self) -> u16 {
        self.listener.local_addr().expect("an address").port()
    }

    /// Answers until it is dropped.
    ///
    /// # Errors
    ///
    /// No more connections can be accepted.
    pub async fn serve(self) -> io::Result<()> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            stream.set_nodelay(true)?;
            let inner = self.inner.clone();
            // Who hangs up is not answered.
            tokio::spawn(async move { inner.connection(stream).await.ok() });
        }
    }
}

impl Inner {
    async fn connection(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut buffer = Vec::with_capacity(64 * 1024);
        loop {
            let head = loop {
                if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                    break end + 4;
                }
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            };
            let (operation, length) = parse(&buffer[..head]);
            while buffer.len() < head + length {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            }
            let answer = self.answer(&operation, &buffer[head..head + length]).await;
            stream.write_all(&answer).await?;
            buffer.drain(..head + length);
        }
    }

    async fn answer(&self, operation: &str, body: &[u8]) -> Answer {
        if operation == "Simulated.Counts" {
            return rendered(200, self.simulated.counts_as_json().to_string().as_bytes());
        }
        let name = operation.rsplit('.').next().unwrap_or_default();
        if let Some(answer) = self.null.as_ref().and_then(|null| null.answer(name, body)) {
            return answer;
        }
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.headers_mut().insert("x-amz-target", operation.to_owned());
        match self.connector.call(request).await {
            Ok(response) => rendered(response.status().as_u16(), response.body().bytes().unwrap_or_default()),
            Err(_) => rendered(500, b"{}"),
        }
    }
}

/// The target of a request, and the length of its body.
fn parse(head: &[u8]) -> (String, usize) {
    let text = String::from_utf8_lossy(head);
    let field = |wanted: &str| {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned()).next()
    };
    let length = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    (field("x-amz-target").unwrap_or_default(), length)
}
