//! `explain`: one message, in words.

use std::path::Path;

use super::{
    Backend, Failure,
    judging::{Judge, Reach},
    out::Out,
};
use crate::{corpus::Corpus, paths::Home, words::lines};

pub(super) fn explain(
    home: &Home,
    file: &Path,
    has_network: bool,
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<(), Failure> {
    if file.is_dir() {
        let text = format!("{} is a folder; name one file, or judge them all with `tamis-agent scan`", file.display());
        return Err(Failure::person(text));
    }
    let reach = if has_network { Reach::OfAllMail } else { Reach::Nobody };
    let judge = Judge::of(home, backend, reach, &[], out)?;
    let mut corpus = Corpus::of(&[file]);
    let Some(first) = corpus.next() else {
        return Err(Failure::person(format!("there is no message in {}", file.display())));
    };
    let message = first.map_err(|skipped| Failure::person(format!("cannot read {skipped}")))?;
    let mut mail = judge.read(&message.raw);
    let verdict = judge.verdict(&mut mail);
    let text = tamis_core::explain(&mail, &verdict, &judge.config);
    out.line(lines(text.trim_end()))?;
    judge.remark_troubles(out);
    if corpus.next().is_some() {
        out.remark(format_args!("{} holds more messages; this is the first", file.display()));
    }
    Ok(())
}
