//! What of a stream is learned, and when.
//!
//! A filter that is told the label of each message is better than any that people have: they put right what disturbs them,
//! when they come to it, and say nothing of the rest.

use clap::ValueEnum;
use tamis_core::{
    Config,
    learn::{Label, Trained},
};

use super::{
    autolearn::label_as_filed,
    filter::{Judged, Lesson},
};
use crate::cli::Failure;

/// Messages a day, unless the person says otherwise.
const DAY: usize = 50;

#[derive(Debug, clap::Args)]
pub(super) struct FeedbackArgs {
    /// What is learned with --online, and when [default: everything]
    #[arg(long, value_name = "WHEN", requires = "online", conflicts_with = "rules_only")]
    feedback: Option<Feedback>,

    /// How many messages a day has for --feedback evening [default: 50]
    #[arg(long, value_name = "N", requires = "feedback", value_parser = clap::value_parser!(u32).range(1..))]
    day: Option<u32>,

    /// Learn what was not put right as it was filed, if it is a clear case
    ///
    /// For --feedback errors and evening. It is a clear case only at least 2 points beyond both thresholds, if the checks
    /// alone come to the same class, and if the learner, once it has an opinion, gives spam 80 % and ham no more than
    /// 20 %. With evening it is learned at the end of the day. The agent does not do this: the option is here so that
    /// it can be measured.
    #[arg(long, requires = "feedback", conflicts_with = "learner_only")]
    autolearn: bool,
}

impl FeedbackArgs {
    /// Who teaches, or what contradicts itself.
    pub(super) fn teacher(&self) -> Result<Teacher, Failure> {
        let feedback = self.feedback.unwrap_or(Feedback::Everything);
        if self.autolearn && feedback == Feedback::Everything {
            return Err(Failure::person(
                "--autolearn goes with --feedback errors or evening; with everything nothing is left to learn",
            ));
        }
        if self.day.is_some() && feedback != Feedback::Evening {
            return Err(Failure::person("--day goes with --feedback evening; otherwise nobody waits for the evening"));
        }
        let day = self.day.map_or(DAY, |day| usize::try_from(day).unwrap_or(usize::MAX));
        Ok(Teacher::new(feedback, self.autolearn, day))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Feedback {
    /// Each message, at once
    Everything,
    /// Spam that was not called spam and ham that was, at once
    Errors,
    /// The same at the end of the day, as people do
    Evening,
}

/// Says what is to be learned while a stream goes by.
#[derive(Debug)]
pub(super) struct Teacher {
    feedback: Feedback,
    is_autolearning: bool,
    /// Messages.
    day: usize,
    /// Messages of the day so far.
    hour: usize,
    today: Vec<(Source, Lesson)>,
    said: Trained,
    as_filed: Trained,
}

/// Where a lesson comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Person,
    Filing,
}

impl Teacher {
    fn new(feedback: Feedback, is_autolearning: bool, day: usize) -> Self {
        Self {
            feedback,
            is_autolearning,
            day,
            hour: 0,
            today: Vec::new(),
            said: Trained::default(),
            as_filed: Trained::default(),
        }
    }

    /// Takes notice of a message, and says what is to be learned now.
    pub(super) fn hear(&mut self, judged: &Judged, label: Label, config: &Config) -> Vec<Lesson> {
        let lesson = self.label(judged, label, config);
        self.today.extend(lesson.map(|(source, label)| (source, Lesson::of(judged, label))));
        self.hour += 1;
        if self.feedback == Feedback::Evening && self.hour < self.day {
            return Vec::new();
        }
        self.hour = 0;
        let mut lessons = Vec::with_capacity(self.today.len());
        for (source, lesson) in std::mem::take(&mut self.today) {
            self.count(source, lesson.label);
            lessons.push(if source == Source::Person { lesson } else { lesson.filed() });
        }
        lessons
    }

    /// Whether it says of each message what it is.
    pub(super) fn hears_everything(&self) -> bool {
        self.feedback == Feedback::Everything
    }

    /// What was put right and what was learned as it was filed, in words; nothing of interest if it was everything.
    pub(super) fn summary(&self) -> Option<String> {
        if self.feedback == Feedback::Everything {
            return None;
        }
        let both = |trained: Trained| {
            let [ham, spam] = [trained.ham, trained.spam].map(crate::words::grouped);
            format!("{ham} ham and {spam} spam")
        };
        let as_filed = if self.is_autolearning { format!(", {} as filed", both(self.as_filed)) } else { String::new() };
        Some(format!("learned {} put right{as_filed}", both(self.said)))
    }

    fn label(&self, judged: &Judged, label: Label, config: &Config) -> Option<(Source, Label)> {
        if self.feedback == Feedback::Everything || judged.outcome(label).is_wrong() {
            return Some((Source::Person, label));
        }
        let as_filed = self.is_autolearning.then(|| label_as_filed(&judged.verdict, config)).flatten();
        as_filed.map(|label| (Source::Filing, label))
    }

    fn count(&mut self, source: Source, label: Label) {
        let trained = match source {
            Source::Person => &mut self.said,
            Source::Filing => &mut self.as_filed,
        };
        match label {
            Label::Ham => trained.ham += 1,
            Label::Spam => trained.spam += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use tamis_core::{Class, DecidedBy, Score, UnixTime, Verdict, learn::Features, reputation::Track};

    use super::{super::reputation::Seen, *};

    fn judged(class: Class) -> Judged {
        let points = match class {
            Class::Ham => 0,
            Class::Unsure => 4000,
            Class::Spam => 9000,
        };
        let verdict = Verdict {
            score: Score::from_thousandths(points),
            class,
            probability: None,
            clues: Vec::new(),
            decided_by: DecidedBy::Score,
            findings: Vec::new(),
            listed: Vec::new(),
            exhausted: Vec::new(),
            asked: Vec::new(),
        };
        Judged {
            verdict,
            features: Features::default(),
            seen: Seen { track: Track::default(), at: UnixTime(0), class },
            sender: None,
            leaning: 0.0,
        }
    }

    /// After each message of this stream, the labels learned: h and s.
    fn learned(teacher: &mut Teacher, stream: &[(Label, Class)]) -> Vec<String> {
        let letter = |lesson: &Lesson| if lesson.label == Label::Ham { 'h' } else { 's' };
        let config = Config::default();
        let hear = |(label, class): &(Label, Class)| {
            teacher.hear(&judged(*class), *label, &config).iter().map(letter).collect()
        };
        stream.iter().map(hear).collect()
    }

    /// All that can become of a message.
    const STREAM: [(Label, Class); 6] = [
        (Label::Ham, Class::Ham),
        (Label::Ham, Class::Unsure),
        (Label::Ham, Class::Spam),
        (Label::Spam, Class::Ham),
        (Label::Spam, Class::Unsure),
        (Label::Spam, Class::Spam),
    ];

    #[test]
    fn everything_is_learned_at_once_with_its_label() {
        let mut teacher = Teacher::new(Feedback::Everything, false, DAY);
        assert_eq!(learned(&mut teacher, &STREAM), ["h", "h", "h", "s", "s", "s"]);
        assert_eq!(teacher.summary(), None);
    }

    #[test]
    fn of_errors_only_ham_in_junk_and_spam_out_of_it_are_learned() {
        let mut teacher = Teacher::new(Feedback::Errors, false, DAY);
        assert_eq!(learned(&mut teacher, &STREAM), ["", "", "h", "s", "s", ""]);
        assert_eq!(teacher.summary().unwrap(), "learned 1 ham and 2 spam put right");
    }

    #[test]
    fn errors_wait_for_the_evening_and_an_unfinished_day_has_none() {
        let mut teacher = Teacher::new(Feedback::Evening, false, 4);
        assert_eq!(learned(&mut teacher, &STREAM), ["", "", "", "hs", "", ""]);
        assert_eq!(teacher.summary().unwrap(), "learned 1 ham and 1 spam put right");
        assert_eq!(learned(&mut teacher, &STREAM), ["", "s", "", "", "", "hss"]);
    }

    #[test]
    fn what_was_not_put_right_is_learned_as_filed_only_when_asked_to_and_not_in_doubt() {
        let mut teacher = Teacher::new(Feedback::Errors, true, DAY);
        // No check spoke for the spam: the points alone do not make it a clear case.
        assert_eq!(learned(&mut teacher, &STREAM), ["h", "", "h", "s", "s", ""]);
        assert_eq!(teacher.summary().unwrap(), "learned 1 ham and 2 spam put right, 1 ham and 0 spam as filed");
        let mut teacher = Teacher::new(Feedback::Evening, true, 6);
        assert_eq!(learned(&mut teacher, &STREAM), ["", "", "", "", "", "hhss"]);
    }
}
