//! HTTP/1.1 as DynamoDB's clients speak it: requests with a length, answers with a length, connections that stay; knows no operation.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::null::Null;
use crate::Result;

/// Serves every connection until it is closed.
pub async fn listen(listener: TcpListener, null: Arc<Null>) -> Result {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // A connection that breaks is its client's to speak of.
        tokio::spawn(connection(stream, null.clone()));
    }
}

async fn connection(mut stream: TcpStream, null: Arc<Null>) -> Result {
    let (mut heard, mut answer) = (Vec::with_capacity(64 * 1024), Vec::new());
    loop {
        let head = loop {
            if let Some(head) = Head::of(&heard) {
                break head;
            }
            if stream.read_buf(&mut heard).await? == 0 {
                return Ok(());
            }
        };
        while heard.len() < head.body + head.length {
            if stream.read_buf(&mut heard).await? == 0 {
                return Ok(());
            }
        }
        answer.clear();
        let status = null.answer(&head.operation, &heard[head.body..head.body + head.length], &mut answer);
        let reply = format!(
            "HTTP/1.1 {status} -\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nx-amzn-RequestId: 0\r\n\r\n",
            answer.len()
        );
        let mut whole = reply.into_bytes();
        whole.append(&mut answer);
        stream.write_all(&whole).await?;
        heard.drain(..head.body + head.length);
    }
}

/// What a request says before its body.
struct Head {
    operation: String,
    length: usize,
    /// Where the body begins.
    body: usize,
}

impl Head {
    /// `None` as long as it is not all there.
    fn of(heard: &[u8]) -> Option<Self> {
        let end = heard.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(&heard[..end]);
        let mut lines = text.lines();
        // `GET /counts` has no operation but its path.
        let path = lines.next()?.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let mut head = Self { operation: path, length: 0, body: end + 4 };
        for line in lines {
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = value.trim().parse().ok()?;
            } else if name.eq_ignore_ascii_case("x-amz-target") {
                head.operation = value.trim().rsplit('.').next().unwrap_or_default().to_owned();
            }
        }
        Some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let request = b"POST / HTTP/1.1\r\nContent-Length: 2\r\nX-Amz-Target: DynamoDB_20120810.Scan\r\n\r\n{}";
        assert!(Head::of(&request[..request.len() - 3]).is_none());
        let head = Head::of(request).unwrap();
        assert_eq!((head.operation.as_str(), head.length, &request[head.body..]), ("Scan", 2, &b"{}"[..]));
    }
}
