//! The measures of the TREC spam track, over the results of a run.
