//! How long the real window takes from its start to the first picture with something in it, drawn without a graphics card, with a
//! list of 100,000 messages; what memory it has half a minute later, and what it costs while nobody touches it.
//!
//! ```text
//! cargo build --release -p tamis --bins --examples && cargo bench -p tamis --bench start
//! ```
//!
//! It needs Xvfb, which shows its screen in a file: so the picture is watched without asking the server for it. A picture has
//! something in it when it has as many colours as text with soft edges makes; the frame of an empty window has a few.
//!
//! Measured on two cores at 2.5 GHz, which other builds had at the same time (load 4.5): ten starts took 150 to 411 ms, half of them
//! less than 332 ms. Half a minute after the last one 122 MB were resident, and in the 30 s after that the window took no
//! processor time that Linux counts (less than 10 ms). Aims: 500 ms, 250 MB, nothing.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for developers, which may end with a message")]

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Starts that are measured.
const STARTS: usize = 10;

/// Messages of the agent that only pretends.
const MESSAGES: &str = "100000";

/// Text has more colours than this, anything else of the window fewer.
const COLOURS_OF_TEXT: usize = 60;

/// Between two looks at the screen.
const BETWEEN: Duration = Duration::from_millis(3);

/// A start that takes longer has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long the window is left alone before its memory is read, and how long its idleness is measured.
const REST: Duration = Duration::from_secs(30);

/// The screen, in pixels of four bytes.
const WIDTH: usize = 1280;
const HEIGHT: usize = 800;

fn main() {
    let folder = env::temp_dir().join(format!("tamis-start-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let screen = Screen::start(&folder);
    let home = folder.join("home");
    let agent = Ended(quiet(&program("examples/fake_agent")).arg(&home).arg(MESSAGES).spawn().unwrap());
    wait_until("the pretended agent", || home.join("agent.sock").exists());
    let blank = screen.colours();
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..STARTS {
        wait_until("an empty screen", || screen.colours() <= blank + 2);
        let began = Instant::now();
        let window = Ended(screen.command(&program("tamis")).arg("--home").arg(&home).spawn().unwrap());
        wait_until("a picture with text", || COLOURS_OF_TEXT < screen.colours());
        times.push(began.elapsed());
        if number + 1 == STARTS {
            thread::sleep(REST);
            let (before, at) = (cpu(&window.0), Instant::now());
            println!("resident after {} s: {} MB", REST.as_secs(), resident(&window.0) / 1024);
            thread::sleep(REST);
            let spent = cpu(&window.0).saturating_sub(before);
            println!("CPU while idle: {} ms in {} s", spent.as_millis(), at.elapsed().as_secs());
        }
    }
    times.sort();
    let at = |place: usize| times.get(place).copied().unwrap_or_default().as_millis();
    let (median, least, most) = (at(STARTS / 2), at(0), at(STARTS - 1));
    println!("first picture with text: median {median} ms, least {least} ms, most {most} ms of {STARTS} starts");
    drop((agent, screen));
    fs::remove_dir_all(&folder).ok();
}

/// A program that ends when this value does.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// An X server whose screen is a file.
struct Screen {
    _server: Ended,
    display: String,
    file: PathBuf,
}

impl Screen {
    fn start(folder: &Path) -> Self {
        let size = format!("{WIDTH}x{HEIGHT}x24");
        let mut server = quiet(Path::new("Xvfb"));
        server.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset", "-fbdir"]).arg(folder);
        let mut server = server.stdout(Stdio::piped()).spawn().unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { _server: Ended(server), display: format!(":{}", number.trim()), file: folder.join("Xvfb_screen0") }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = quiet(program);
        command.env("DISPLAY", &self.display).env("LIBGL_ALWAYS_SOFTWARE", "1").env_remove("WAYLAND_DISPLAY");
        command
    }

    /// How many different pixels the screen has, of every other one in every other line.
    fn colours(&self) -> usize {
        let pixels = WIDTH * HEIGHT * 4;
        let mut file = fs::File::open(&self.file).unwrap();
        let length = file.metadata().unwrap().len();
        file.seek(SeekFrom::Start(length.saturating_sub(u64::try_from(pixels).unwrap()))).unwrap();
        let mut screen = vec![0; pixels];
        file.read_exact(&mut screen).unwrap();
        let lines = screen.chunks_exact(WIDTH * 4).step_by(2);
        lines
            .flat_map(|line| line.chunks_exact(4).step_by(2))
            .filter_map(|pixel| pixel.get(..3))
            .collect::<BTreeSet<_>>()
            .len()
    }
}

fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A program that was built beside this one.
fn program(name: &str) -> PathBuf {
    let path = env::current_exe().unwrap().ancestors().nth(2).unwrap().join(name);
    assert!(path.exists(), "{} is missing: cargo build --release -p tamis --bins --examples", path.display());
    path
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(BETWEEN);
    }
}

/// Kilobytes of memory that are the program's now.
fn resident(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The time that the program has had a processor, to ten milliseconds.
fn cpu(child: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    // Linux counts in hundredths of a second here, whatever the kernel does.
    Duration::from_millis(ticks * 10)
}
