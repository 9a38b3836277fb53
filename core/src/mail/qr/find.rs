//! Finds codes among dark and light points, and reads them. The one place that decodes QR codes.
//!
//! A code has three corner marks, of which every line through the middle crosses dark, light, dark, light, dark in
//! the proportions 1:1:3:1:1 (ISO/IEC 18004, 6.3.3). Three that form a right angle with equal arms span its grid.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Bits;

/// Most corner marks considered. Text and drawings have a few that are none.
const MAX_MARKS: usize = 24;

/// Most triples of marks that are tried.
const MAX_TRIES: usize = 8;

/// Most codes read in one picture.
const MAX_CODES: usize = 4;

/// Longest content that is taken, in bytes.
const MAX_CONTENT: usize = 2048;

/// Fields on a side of the smallest and the largest code.
const SIDES: std::ops::RangeInclusive<usize> = 21..=177;

/// A corner mark.
#[derive(Clone, Copy, Debug)]
struct Mark {
    x: f64,
    y: f64,
    /// Points that a field takes.
    field: f64,
    /// Lines it was met on.
    hits: u32,
}

/// The three marks of a code: the corner, the one right of it, the one below, and how badly they fit.
#[derive(Clone, Copy, Debug)]
struct Corners {
    at: Mark,
    right: Mark,
    below: Mark,
    misfit: f64,
}

/// What the codes in a picture say, dark on light or light on dark.
pub(super) fn codes(bits: &Bits) -> Vec<String> {
    let [dark, light] = marks(bits);
    let found = codes_of(&dark, bits, false);
    if found.is_empty() { codes_of(&light, bits, true) } else { found }
}

fn codes_of(marks: &[Mark], bits: &Bits, is_inverted: bool) -> Vec<String> {
    let mut triples = triples(marks);
    triples.sort_by(|a, b| a.misfit.total_cmp(&b.misfit));
    let mut found = Vec::new();
    for corners in triples.into_iter().take(MAX_TRIES) {
        if let Some(content) = read(bits, is_inverted, corners).filter(|content| !found.contains(content)) {
            found.push(content);
        }
        if MAX_CODES <= found.len() {
            break;
        }
    }
    found
}

/// The marks that are dark on light, and those that are light on dark.
fn marks(bits: &Bits) -> [Vec<Mark>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    let [dark, light] = &mut found;
    // A mark is at least six points high where it is three fields wide.
    let step = if bits.height() < 400 { 1 } else { 2 };
    for (y, row) in bits.dark.chunks_exact(bits.width.max(1)).enumerate().step_by(step) {
        let (mut runs, mut x) = ([0_usize; 5], 0);
        for run in row.chunk_by(|one, next| one == next) {
            let is_dark = run.first() == Some(&true);
            runs.rotate_left(1);
            runs[4] = run.len();
            x += run.len();
            let width: usize = runs.iter().sum();
            let mark = is_mark(runs).then(|| across(bits, !is_dark, (x - width, y, width))).flatten();
            match (mark, is_dark) {
                (Some(mark), true) => keep(dark, mark),
                (Some(mark), false) => keep(light, mark),
                (None, _) => {}
            }
        }
    }
    for marks in &mut found {
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.hits));
        marks.truncate(MAX_MARKS);
    }
    found
}

/// Whether five lengths are in the proportions of a mark.
fn is_mark(runs: [usize; 5]) -> bool {
    let total: usize = runs.iter().sum();
    if total < 7 {
        return false;
    }
    // In sevenths: a field is off by at most half of one.
    runs.iter().zip([1, 1, 3, 1, 1]).all(|(&run, fields)| (run * 7).abs_diff(total * fields) <= total * fields / 2 + 3)
}

/// The mark whose middle line begins at `x` in line `y` and is `width` long, if it is one from top to bottom too.
fn across(bits: &Bits, is_inverted: bool, (x, y, width): (usize, usize, usize)) -> Option<Mark> {
    let middle = x + width / 2;
    let is_dark = |y: usize| bits.is_dark(middle, y) != is_inverted;
    is_dark(y).then_some(())?;
    let most = width * 2;
    let up = arm(is_dark, (0..=y).rev(), most)?;
    let down = arm(is_dark, y..bits.height(), most)?;
    let runs = [up[2], up[1], up[0] + down[0] - 1, down[1], down[2]];
    let height: usize = runs.iter().sum();
    let is_square = height * 3 <= width * 4 && width * 3 <= height * 4;
    (is_mark(runs) && is_square).then_some(())?;
    let top = y + 1 - up.iter().sum::<usize>();
    let half = |length: usize| number(length) / 2.0;
    Some(Mark {
        x: number(x) + half(width),
        y: number(top) + half(height),
        field: number(width + height) / 14.0,
        hits: 1,
    })
}

/// Lengths of dark, light and dark on the way from the middle outwards.
fn arm(is_dark: impl Fn(usize) -> bool, way: impl Iterator<Item = usize>, most: usize) -> Option<[usize; 3]> {
    let (mut runs, mut at) = ([0_usize; 3], 0);
    for y in way.take(most) {
        if is_dark(y) != (at % 2 == 0) {
            at += 1;
        }
        match runs.get_mut(at) {
            Some(run) => *run += 1,
            None => return Some(runs),
        }
    }
    // The picture may end where the code does.
    (at == 2).then_some(runs)
}

/// Adds a mark to those that are known, or to the one it is.
fn keep(marks: &mut Vec<Mark>, new: Mark) {
    const MOST: usize = 400;
    let is_same = |mark: &&mut Mark| {
        let reach = mark.field * 2.0;
        (mark.x - new.x).abs() < reach && (mark.y - new.y).abs() < reach
    };
    if let Some(mark) = marks.iter_mut().find(is_same) {
        let (old, weight) = (f64::from(mark.hits), f64::from(mark.hits) + 1.0);
        mark.x = (mark.x * old + new.x) / weight;
        mark.y = (mark.y * old + new.y) / weight;
        mark.field = (mark.field * old + new.field) / weight;
        mark.hits += 1;
    } else if marks.len() < MOST {
        marks.push(new);
    }
}

fn triples(marks: &[Mark]) -> Vec<Corners> {
    let mut found = Vec::new();
    for (i, &at) in marks.iter().enumerate() {
        for (j, &one) in marks.iter().enumerate() {
            for (k, &other) in marks.iter().enumerate().skip(j + 1) {
                if i != j && i != k {
                    found.extend(corners(at, one, other));
                }
            }
        }
    }
    found
}

fn corners(at: Mark, one: Mark, other: Mark) -> Option<Corners> {
    let fields = [at.field, one.field, other.field];
    let (least, most) = (fields.iter().copied().fold(f64::MAX, f64::min), fields.iter().copied().fold(0.0, f64::max));
    (most <= least * 1.5).then_some(())?;
    let (ax, ay, bx, by) = (one.x - at.x, one.y - at.y, other.x - at.x, other.y - at.y);
    let (a, b) = (ax.hypot(ay), bx.hypot(by));
    (0.0 < a && 0.0 < b).then_some(())?;
    let angle = (ax * bx + ay * by).abs() / (a * b);
    let uneven = (a - b).abs() / a.max(b);
    (angle < 0.12 && uneven < 0.12).then_some(())?;
    let misfit = angle + uneven + (most - least) / most;
    let is_clockwise = 0.0 < ax * by - ay * bx;
    let (right, below) = if is_clockwise { (one, other) } else { (other, one) };
    Some(Corners { at, right, below, misfit })
}

/// Reads the code between three marks, with as many fields as the line of alternating fields says.
fn read(bits: &Bits, is_inverted: bool, corners: Corners) -> Option<String> {
    let Corners { at, right, below, .. } = corners;
    let field = (at.field + right.field + below.field) / 3.0;
    let arm = f64::midpoint((right.x - at.x).hypot(right.y - at.y), (below.x - at.x).hypot(below.y - at.y));
    let guess = arm / field + 7.0;
    let mut sides: Vec<(f64, usize)> = SIDES.step_by(4).map(|side| ((number(side) - guess).abs(), side)).collect();
    sides.sort_by(|a, b| a.0.total_cmp(&b.0));
    let grids = sides.into_iter().take(3).map(|(_, side)| Grid { bits, is_inverted, corners, side });
    grids.filter(Grid::alternates).find_map(|grid| grid.content())
}

/// Fields laid over a picture.
struct Grid<'bits> {
    bits: &'bits Bits,
    is_inverted: bool,
    corners: Corners,
    side: usize,
}

impl Grid<'_> {
    fn is_dark(&self, column: usize, row: usize) -> bool {
        let Corners { at, right, below, .. } = self.corners;
        // The middle of a mark is three and a half fields from the edge.
        let arm = number(self.side) - 7.0;
        let (along, down) = ((number(column) - 3.0) / arm, (number(row) - 3.0) / arm);
        let x = at.x + along * (right.x - at.x) + down * (below.x - at.x);
        let y = at.y + along * (right.y - at.y) + down * (below.y - at.y);
        place(x).zip(place(y)).is_some_and(|(x, y)| self.bits.is_dark(x, y) != self.is_inverted)
    }

    /// Whether most fields between the marks alternate (6.3.5).
    fn alternates(&self) -> bool {
        let between = 8..self.side - 8;
        let count = between.len() * 2;
        let right = between.filter(|&at| self.is_dark(at, 6) == (at % 2 == 0)).count()
            + (8..self.side - 8).filter(|&at| self.is_dark(6, at) == (at % 2 == 0)).count();
        count * 8 <= right * 10
    }

    fn content(&self) -> Option<String> {
        let grid = rqrr::SimpleGrid::from_func(self.side, |column, row| self.is_dark(column, row));
        // It is given what strangers drew.
        let (_, content) = catch_unwind(AssertUnwindSafe(|| rqrr::Grid::new(grid).decode())).ok()?.ok()?;
        (content.len() <= MAX_CONTENT).then_some(content)
    }
}

/// The point a place falls on, if it is in the picture.
fn place(at: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
    let point = (0.0..65536.0).contains(&at).then_some(at as usize);
    point
}

fn number(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}
