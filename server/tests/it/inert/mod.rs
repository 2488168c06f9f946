//! Nothing that somebody writes acts in a page.

mod addresses;
mod attacks;
mod log;
mod probed;
mod probes;
mod written;
