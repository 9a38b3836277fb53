//! A screen nobody looks at, with a window manager if there is one, and hands to press keys.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};

use crate::wait_until;

/// A running X server of our own, gone with this value.
#[derive(Debug)]
pub struct Screen {
    display: String,
    /// The window manager and the server, ended in this order.
    running: Vec<Running>,
}

/// A program that ends, by its number, when this value does.
#[derive(Debug)]
pub struct Running(Child);

/// What a picture shows, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Different colours.
    pub colours: u64,
    /// The same for the same pixels.
    pub signature: String,
}

impl Screen {
    /// Starts an X server of 1440 by 900 on a display number of its own choice.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb");
        // Without `-noreset` the server starts anew when its last client leaves, and refuses whoever connects meanwhile.
        server.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]);
        server.args(["+extension", "GLX"]);
        let mut server = Running::start(server.stdout(Stdio::piped()))?;
        let stdout = server.0.stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb did not start");
        let mut screen = Self { display: format!(":{}", number.trim()), running: vec![server] };
        if let Ok(manager) = Running::start(&mut screen.command("openbox")) {
            screen.running.insert(0, manager);
        }
        Ok(screen)
    }

    /// A program that shows itself here and draws without a graphics card.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env("DISPLAY", &self.display).env("LIBGL_ALWAYS_SOFTWARE", "1").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null());
        command
    }

    /// Waits for a window that can be seen and whose title contains `title`, and returns its number.
    pub fn wait_for_window(&self, title: &str, limit: Duration) -> Result<String> {
        wait_until(&format!("a window called {title}"), limit, || {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", title]).ok();
            Ok(found.and_then(|found| found.lines().next().map(str::to_owned)))
        })
    }

    /// The numbers of the windows that can be seen and whose title contains `title`.
    pub fn windows(&self, title: &str) -> Result<Vec<String>> {
        let search = self.command("xdotool").args(["search", "--onlyvisible", "--name", title]).output()?;
        Ok(String::from_utf8_lossy(&search.stdout).lines().map(str::to_owned).collect())
    }

    /// Makes a window an icon.
    pub fn hide(&self, window: &str) -> Result<()> {
        self.xdotool(&["windowminimize", "--sync", window]).map(|_| ())
    }

    /// Gives a window a size and a place.
    pub fn place(&self, window: &str, [width, height]: [u32; 2], [x, y]: [u32; 2]) -> Result<()> {
        self.xdotool(&["windowsize", window, &width.to_string(), &height.to_string()])?;
        self.xdotool(&["windowmove", window, &x.to_string(), &y.to_string()]).map(|_| ())
    }

    /// Where a window is and how large, in the words of xdotool, without its number.
    pub fn geometry(&self, window: &str) -> Result<String> {
        let said = self.xdotool(&["getwindowgeometry", window])?;
        Ok(said.lines().skip(1).collect::<Vec<_>>().join(" "))
    }

    /// Gives a window the keyboard.
    pub fn focus(&self, window: &str) -> Result<()> {
        self.xdotool(&["windowfocus", "--sync", window]).map(|_| ())
    }

    /// Presses and lets go of a key, by its X name: `Down`, `r`, `ctrl+z`.
    pub fn press(&self, key: &str) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers", key]).map(|_| ())
    }

    /// Presses the first button of the mouse at a point of a window, and lets it go.
    pub fn click(&self, window: &str, (x, y): (i32, i32)) -> Result<()> {
        self.point(window, (x, y))?;
        self.xdotool(&["click", "1"]).map(|_| ())
    }

    /// The same while a key is held: `ctrl`, `shift`.
    pub fn click_with(&self, key: &str, window: &str, at: (i32, i32)) -> Result<()> {
        self.xdotool(&["keydown", key])?;
        let clicked = self.click(window, at);
        self.xdotool(&["keyup", key])?;
        clicked
    }

    /// Drags what is at a point of a window to another, slowly enough to be seen on the way, also where each frame takes long.
    pub fn drag(&self, window: &str, from: (i32, i32), to: (i32, i32)) -> Result<()> {
        self.point(window, from)?;
        self.xdotool(&["mousedown", "1"])?;
        thread::sleep(Duration::from_millis(200));
        for part in 1..=10 {
            let along = |from: i32, to: i32| from + (to - from) * part / 10;
            self.point(window, (along(from.0, to.0), along(from.1, to.1)))?;
            thread::sleep(Duration::from_millis(60));
        }
        thread::sleep(Duration::from_millis(600));
        self.xdotool(&["mouseup", "1"]).map(|_| ())
    }

    /// Turns the wheel at a point of a window: down, or up if `notches` is negative.
    pub fn wheel(&self, window: &str, at: (i32, i32), notches: i32) -> Result<()> {
        self.point(window, at)?;
        let count = notches.unsigned_abs().to_string();
        self.xdotool(&["click", "--repeat", &count, if notches < 0 { "4" } else { "5" }]).map(|_| ())
    }

    /// Types a text.
    pub fn type_text(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--delay", "15", text]).map(|_| ())
    }

    fn point(&self, window: &str, (x, y): (i32, i32)) -> Result<()> {
        self.xdotool(&["mousemove", "--window", window, &x.to_string(), &y.to_string()]).map(|_| ())
    }

    /// Takes a picture of the whole screen, to keep at `path`.
    pub fn picture(&self, path: &Path) -> Result<Picture> {
        // Under a name of its own first: another run of the same test may look at the same place.
        let mine = path.with_extension(format!("{}.png", std::process::id()));
        said(self.command("import").args(["-window", "root"]).arg(&mine))?;
        let numbers = said(self.command("identify").args(["-format", "%k %#"]).arg(&mine))?;
        fs::rename(&mine, path)?;
        let (colours, signature) = numbers.trim().split_once(' ').context("identify said nothing")?;
        Ok(Picture { colours: colours.parse()?, signature: signature.to_owned() })
    }

    /// Takes pictures until nothing moves any more, and keeps the last at `path`.
    pub fn picture_at_rest(&self, path: &Path, limit: Duration) -> Result<Picture> {
        let mut last = Vec::new();
        wait_until("the screen to come to rest", limit, || {
            last.push(self.picture(path)?);
            let [.., first, second, third] = &*last else { return Ok(None) };
            Ok((first == second && second == third).then(|| third.clone()))
        })
    }

    fn xdotool(&self, words: &[&str]) -> Result<String> {
        said(self.command("xdotool").args(words))
    }
}

impl Running {
    /// Starts it, quietly.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        let child =
            child.with_context(|| format!("cannot start {name}; `cargo xtask test` installs what is missing"))?;
        Ok(Self(child))
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
