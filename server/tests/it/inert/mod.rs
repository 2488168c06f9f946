//! Nothing that somebody writes acts in a page.

mod addresses;
mod attacks;
mod log;
mod probes;
mod written;
