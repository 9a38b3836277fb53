//! When the machine may have woken from sleep. The kernel ends a timer of this kind early when the clock jumps, and on
//! every resume (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET), so that nothing has to look again and again.

use std::os::fd::OwnedFd;

use rustix::{
    io::{Errno, read},
    time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime},
};
use tokio::io::unix::AsyncFd;

use super::descriptor::awaited;

/// In the year 2100: it is never to end by itself.
const NEVER: Timespec = Timespec { tv_sec: 4_102_444_800, tv_nsec: 0 };

/// Hears of jumps of the clock.
#[derive(Debug)]
pub(super) struct Jumps {
    timer: AsyncFd<OwnedFd>,
}

impl Jumps {
    /// Begins to hear. To be called inside a tokio runtime.
    pub(super) fn open() -> std::io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        arm(&timer)?;
        Ok(Self { timer: awaited(timer)? })
    }

    /// Waits for the next one.
    pub(super) async fn next(&self) -> std::io::Result<()> {
        loop {
            let mut ready = self.timer.readable().await?;
            let ended = ready.try_io(|timer| Ok(read(timer, &mut [0; 8])?));
            match ended {
                Ok(Err(error)) if Errno::from_io_error(&error) == Some(Errno::CANCELED) => {
                    arm(self.timer.get_ref())?;
                    return Ok(());
                }
                Ok(Err(error)) => return Err(error),
                // A clock beyond the end of the timer is no reason to spin.
                Ok(Ok(_)) => std::future::pending::<()>().await,
                Err(_would_block) => {}
            }
        }
    }
}

fn arm(timer: &OwnedFd) -> std::io::Result<()> {
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    let never = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: NEVER };
    timerfd_settime(timer, flags, &never)?;
    Ok(())
}
