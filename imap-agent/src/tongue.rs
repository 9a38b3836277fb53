//! In which language the one who asks is answered.
//!
//! It belongs to the task that answers a call, and goes with each job of that task to the database's thread. Everything else,
//! what is stored and logged above all, is English.

use std::cell::Cell;

use tamis_core::Tongue;

tokio::task_local! {
    static OF_TASK: Tongue;
}

thread_local! {
    static OF_JOB: Cell<Tongue> = const { Cell::new(Tongue::English) };
}

/// Answers in that language.
pub(crate) async fn within<T>(tongue: Tongue, answering: impl Future<Output = T>) -> T {
    OF_TASK.scope(tongue, answering).await
}

/// Does a job on another thread for somebody of that language.
pub(crate) fn on_thread<T>(tongue: Tongue, job: impl FnOnce() -> T) -> T {
    /// The thread is used again, also after a panic.
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            OF_JOB.set(Tongue::English);
        }
    }
    let _back = Back;
    OF_JOB.set(tongue);
    job()
}

/// Does what takes long on a thread of its own, for whoever is being answered. `None` if it panicked.
pub(crate) async fn aside<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let tongue = asked();
    tokio::task::spawn_blocking(move || on_thread(tongue, job)).await.ok()
}

/// Does for whoever is being answered what must not be left half done when they go away. `None` if it panicked.
pub(crate) async fn to_the_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(within(asked(), work)).await.ok()
}

/// The inbox as people call it.
pub(crate) fn inbox() -> &'static str {
    match asked() {
        Tongue::English => "Inbox",
        Tongue::German => "Posteingang",
    }
}

/// The language of whoever is being answered; English if nobody is.
pub(crate) fn asked() -> Tongue {
    OF_TASK.try_with(|tongue| *tongue).unwrap_or_else(|_| OF_JOB.get())
}
