//! Small line drawings, made here so that they fit each other and need no font.
//!
//! Coordinates run over a square of 16 by 16. An icon is never a name: whatever carries one has words as well.

use std::f32::consts::TAU;

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2};

/// Every drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Tray,
    Barred,
    Letters,
    Person,
    Release,
    Check,
    Undo,
    Refresh,
    Search,
    Sun,
    Moon,
    Halves,
    Plus,
    Copy,
    File,
    Warning,
    Cross,
    Shield,
    Clock,
    Way,
    Book,
    Bars,
    At,
    Wheel,
    Bin,
    Right,
    Down,
    Contrast,
    Minus,
    Pause,
    Keys,
}

#[derive(Clone, Copy)]
enum Mark {
    Line(&'static [(f32, f32)]),
    /// Centre, radius, and the part of a turn it covers, clockwise from three o'clock.
    Arc((f32, f32), f32, (f32, f32)),
    Disc((f32, f32), f32),
}

use Mark::{Arc, Disc, Line};

const WHOLE: (f32, f32) = (0.0, 1.0);

impl Icon {
    #[expect(clippy::too_many_lines, reason = "a table, one entry for each drawing")]
    const fn marks(self) -> &'static [Mark] {
        match self {
            Self::Tray => &[
                Line(&[(2.0, 9.0), (4.0, 3.0), (12.0, 3.0), (14.0, 9.0), (14.0, 13.0), (2.0, 13.0), (2.0, 9.0)]),
                Line(&[(2.0, 9.0), (5.5, 9.0), (6.5, 10.8), (9.5, 10.8), (10.5, 9.0), (14.0, 9.0)]),
            ],
            Self::Barred => &[Arc((8.0, 8.0), 5.8, WHOLE), Line(&[(3.9, 3.9), (12.1, 12.1)])],
            Self::Letters => &[
                Line(&[(2.0, 4.0), (14.0, 4.0), (14.0, 12.5), (2.0, 12.5), (2.0, 4.0)]),
                Line(&[(2.0, 4.5), (8.0, 9.0), (14.0, 4.5)]),
            ],
            Self::Person => &[Arc((8.0, 5.2), 2.7, WHOLE), Arc((8.0, 14.2), 5.2, (0.52, 0.98))],
            Self::Release => &[
                Line(&[(8.0, 10.0), (8.0, 2.5)]),
                Line(&[(4.8, 5.7), (8.0, 2.5), (11.2, 5.7)]),
                Line(&[(2.5, 9.5), (2.5, 13.5), (13.5, 13.5), (13.5, 9.5)]),
            ],
            Self::Right => &[Line(&[(6.0, 3.5), (10.5, 8.0), (6.0, 12.5)])],
            Self::Down => &[Line(&[(3.5, 6.0), (8.0, 10.5), (12.5, 6.0)])],
            Self::Check => &[Line(&[(3.0, 8.5), (6.5, 12.0), (13.0, 4.5)])],
            Self::Undo => &[
                Line(&[(5.6, 3.0), (2.6, 6.0), (5.6, 9.0)]),
                Line(&[(2.6, 6.0), (9.6, 6.0)]),
                Arc((9.6, 9.5), 3.5, (-0.25, 0.25)),
                Line(&[(9.6, 13.0), (6.0, 13.0)]),
            ],
            Self::Refresh => &[Arc((8.0, 8.0), 5.2, (0.08, 0.88)), Line(&[(12.6, 2.2), (12.4, 5.4), (9.2, 5.2)])],
            Self::Search => &[Arc((7.0, 7.0), 4.3, WHOLE), Line(&[(10.2, 10.2), (13.6, 13.6)])],
            Self::Sun => &[
                Arc((8.0, 8.0), 2.8, WHOLE),
                Line(&[(8.0, 1.6), (8.0, 3.0)]),
                Line(&[(8.0, 13.0), (8.0, 14.4)]),
                Line(&[(1.6, 8.0), (3.0, 8.0)]),
                Line(&[(13.0, 8.0), (14.4, 8.0)]),
                Line(&[(3.5, 3.5), (4.5, 4.5)]),
                Line(&[(11.5, 11.5), (12.5, 12.5)]),
                Line(&[(3.5, 12.5), (4.5, 11.5)]),
                Line(&[(11.5, 4.5), (12.5, 3.5)]),
            ],
            Self::Moon => &[Arc((8.0, 8.0), 5.4, (0.04, 0.71)), Arc((10.9, 5.3), 4.4, (0.21, 0.54))],
            Self::Halves => &[
                Arc((8.0, 8.0), 5.4, WHOLE),
                Line(&[(8.0, 2.6), (8.0, 13.4)]),
                Line(&[(10.0, 3.4), (10.0, 12.6)]),
                Line(&[(12.0, 4.8), (12.0, 11.2)]),
            ],
            Self::Plus => &[Line(&[(8.0, 3.0), (8.0, 13.0)]), Line(&[(3.0, 8.0), (13.0, 8.0)])],
            Self::Copy => &[
                Line(&[(5.5, 5.5), (13.5, 5.5), (13.5, 13.5), (5.5, 13.5), (5.5, 5.5)]),
                Line(&[(3.2, 10.5), (2.5, 10.5), (2.5, 2.5), (10.5, 2.5), (10.5, 3.2)]),
            ],
            Self::File => &[
                Line(&[(3.5, 2.0), (9.0, 2.0), (12.5, 5.5), (12.5, 14.0), (3.5, 14.0), (3.5, 2.0)]),
                Line(&[(9.0, 2.0), (9.0, 5.5), (12.5, 5.5)]),
            ],
            Self::Warning => &[
                Line(&[(8.0, 2.2), (14.4, 13.4), (1.6, 13.4), (8.0, 2.2)]),
                Line(&[(8.0, 6.2), (8.0, 9.6)]),
                Disc((8.0, 11.6), 0.9),
            ],
            Self::Cross => &[Line(&[(4.0, 4.0), (12.0, 12.0)]), Line(&[(12.0, 4.0), (4.0, 12.0)])],
            Self::Clock => &[Arc((8.0, 8.0), 5.8, WHOLE), Line(&[(8.0, 4.6), (8.0, 8.2), (10.6, 9.8)])],
            Self::Way => &[
                Disc((4.0, 3.5), 1.6),
                Line(&[(4.0, 3.5), (4.0, 8.0), (12.0, 8.0), (12.0, 12.5)]),
                Disc((12.0, 12.5), 1.6),
            ],
            Self::Book => &[
                Line(&[(8.0, 4.0), (8.0, 13.5)]),
                Line(&[(8.0, 4.0), (5.5, 2.8), (2.0, 2.8), (2.0, 12.2), (5.5, 12.2), (8.0, 13.5)]),
                Line(&[(8.0, 4.0), (10.5, 2.8), (14.0, 2.8), (14.0, 12.2), (10.5, 12.2), (8.0, 13.5)]),
            ],
            Self::Bars => &[
                Line(&[(2.0, 13.5), (14.0, 13.5)]),
                Line(&[(4.0, 13.5), (4.0, 8.0)]),
                Line(&[(8.0, 13.5), (8.0, 3.0)]),
                Line(&[(12.0, 13.5), (12.0, 6.0)]),
            ],
            Self::At => &[
                Arc((8.0, 8.0), 2.6, WHOLE),
                Arc((8.0, 8.0), 6.0, (0.12, 1.0)),
                Line(&[(10.6, 5.6), (10.6, 9.4), (11.6, 10.6), (13.2, 10.4), (14.0, 8.0)]),
            ],
            Self::Wheel => &[
                Arc((8.0, 8.0), 2.2, WHOLE),
                Arc((8.0, 8.0), 4.6, WHOLE),
                Line(&[(8.0, 1.6), (8.0, 3.4)]),
                Line(&[(8.0, 12.6), (8.0, 14.4)]),
                Line(&[(1.6, 8.0), (3.4, 8.0)]),
                Line(&[(12.6, 8.0), (14.4, 8.0)]),
                Line(&[(3.5, 3.5), (4.8, 4.8)]),
                Line(&[(11.2, 11.2), (12.5, 12.5)]),
                Line(&[(3.5, 12.5), (4.8, 11.2)]),
                Line(&[(11.2, 4.8), (12.5, 3.5)]),
            ],
            Self::Bin => &[
                Line(&[(2.5, 4.5), (13.5, 4.5)]),
                Line(&[(6.0, 4.5), (6.0, 2.5), (10.0, 2.5), (10.0, 4.5)]),
                Line(&[(3.8, 4.5), (4.6, 13.8), (11.4, 13.8), (12.2, 4.5)]),
                Line(&[(6.6, 7.0), (6.9, 11.3)]),
                Line(&[(9.4, 7.0), (9.1, 11.3)]),
            ],
            Self::Contrast => &[
                Line(&[(1.8, 12.5), (5.2, 3.5), (8.6, 12.5)]),
                Line(&[(3.0, 9.6), (7.4, 9.6)]),
                Line(&[(12.2, 3.2), (12.2, 8.2)]),
                Line(&[(9.7, 5.7), (14.7, 5.7)]),
                Line(&[(9.7, 12.0), (14.7, 12.0)]),
            ],
            Self::Minus => &[Line(&[(3.0, 8.0), (13.0, 8.0)])],
            Self::Pause => &[Line(&[(5.5, 3.5), (5.5, 12.5)]), Line(&[(10.5, 3.5), (10.5, 12.5)])],
            Self::Keys => &[
                Line(&[(1.8, 4.0), (14.2, 4.0), (14.2, 12.0), (1.8, 12.0), (1.8, 4.0)]),
                Line(&[(4.2, 6.8), (4.8, 6.8)]),
                Line(&[(7.7, 6.8), (8.3, 6.8)]),
                Line(&[(11.2, 6.8), (11.8, 6.8)]),
                Line(&[(5.0, 9.5), (11.0, 9.5)]),
            ],
            Self::Shield => &[
                Line(&[
                    (8.0, 1.8),
                    (13.2, 3.8),
                    (13.2, 8.0),
                    (11.6, 11.6),
                    (8.0, 14.2),
                    (4.4, 11.6),
                    (2.8, 8.0),
                    (2.8, 3.8),
                    (8.0, 1.8),
                ]),
                Line(&[(5.4, 8.0), (7.3, 10.0), (10.8, 5.8)]),
            ],
        }
    }

    /// Draws it into the middle of `rect`.
    pub(crate) fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let side = rect.width().min(rect.height());
        let scale = side / 16.0;
        let origin = rect.center() - Vec2::splat(side / 2.0);
        let at = |(x, y): (f32, f32)| origin + Vec2::new(x, y) * scale;
        let stroke = Stroke::new(1.35 * scale, color);
        for mark in self.marks() {
            match *mark {
                Line(points) => painter.add(Shape::line(points.iter().map(|&p| at(p)).collect(), stroke)),
                Arc(center, radius, part) => painter.add(Shape::line(arc(at(center), radius * scale, part), stroke)),
                Disc(center, radius) => painter.circle_filled(at(center), radius * scale, color),
            };
        }
    }
}

/// The sign of Tamis: a sieve from above.
pub(crate) fn paint_sieve(painter: &Painter, rect: Rect, color: Color32) {
    let radius = rect.width().min(rect.height()) / 2.0;
    let center = rect.center();
    painter.circle_stroke(center, radius * 0.86, Stroke::new(radius * 0.22, color));
    for step in [-0.42_f32, -0.14, 0.14, 0.42] {
        let reach = (0.74_f32.powi(2) - step * step).sqrt() * radius;
        let thread = Stroke::new(radius * 0.1, color);
        painter.hline(center.x - reach..=center.x + reach, center.y + step * radius, thread);
        painter.vline(center.x + step * radius, center.y - reach..=center.y + reach, thread);
    }
}

fn arc(center: Pos2, radius: f32, (from, to): (f32, f32)) -> Vec<Pos2> {
    const STEPS: u8 = 28;
    (0..=STEPS)
        .map(|step| {
            let turn = (from + (to - from) * f32::from(step) / f32::from(STEPS)) * TAU;
            center + Vec2::angled(turn) * radius
        })
        .collect()
}
