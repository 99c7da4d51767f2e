//! A small HTTP server on the loopback interface that can misbehave on demand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// The parts of a request that matter for downloads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
}

impl Seen {
    /// `N` of `Range: bytes=N-`.
    pub fn from(&self) -> Option<usize> {
        let range = self.range.as_deref()?;
        range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What the server sends back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Close the connection after this many bytes of the body.
    pub cut: Option<usize>,
    /// Say nothing for a while before closing.
    pub stall: Duration,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), cut: None, stall: Duration::ZERO }
    }

    /// The whole file, by a server that knows no ranges and no tags.
    pub fn whole(content: &[u8]) -> Self {
        Self { body: content.to_vec(), ..Self::status(200) }
    }

    /// The range that was asked for, whatever version of the file it was asked for.
    pub fn part(content: &[u8], seen: &Seen) -> Self {
        let Some(from) = seen.from() else {
            return Self::whole(content);
        };
        if from >= content.len() {
            return Self::status(416);
        }
        let range = format!("bytes {from}-{}/{}", content.len() - 1, content.len());
        Self { body: content[from..].to_vec(), ..Self::status(206) }.with("Content-Range", &range)
    }

    /// What a server should do: the range if the tag still holds, and otherwise the whole file.
    pub fn file(content: &[u8], tag: &str, seen: &Seen) -> Self {
        let current = seen.if_range.as_deref().is_none_or(|asked| asked == tag);
        let reply = if current { Self::part(content, seen) } else { Self::whole(content) };
        reply.with("ETag", tag)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn cut(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    pub fn stall(mut self, time: Duration) -> Self {
        self.stall = time;
        self
    }

    fn send(&self, mut stream: TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 {} Test\r\n", self.status)?;
        write!(stream, "Content-Length: {}\r\n", self.body.len())?;
        write!(stream, "Connection: close\r\n")?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        let end = self.cut.unwrap_or(self.body.len()).min(self.body.len());
        stream.write_all(&self.body[..end])?;
        stream.flush()?;
        std::thread::sleep(self.stall);
        Ok(())
    }
}

/// Runs until it is dropped.
pub struct Server {
    base: String,
    log: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers the `n`-th request (from 0) with `answer(request, n)`.
    pub fn run(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (log, stop) = (Arc::clone(&log), Arc::clone(&stop));
            move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let stream = stream.unwrap();
                    let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                    // A connection that stalls must not hold up the next one.
                    std::thread::spawn(move || {
                        let seen = read(&stream);
                        let n = {
                            let mut log = log.lock().unwrap();
                            log.push(seen.clone());
                            log.len() - 1
                        };
                        // A client that hangs up early is part of some tests.
                        let _ = answer(&seen, n).send(stream);
                    });
                }
            }
        });
        Self { base, log, stop, thread: Some(thread) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    pub fn log(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.base.trim_start_matches("http://"));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the test server must not panic");
        }
    }
}

fn read(stream: &TcpStream) -> Seen {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let mut seen = Seen { path: first.split(' ').nth(1).unwrap_or_default().to_owned(), ..Seen::default() };
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => seen.range = Some(value.into()),
            "if-range" => seen.if_range = Some(value.into()),
            _ => {}
        }
    }
    seen
}
