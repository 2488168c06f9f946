//! Nothing that somebody writes acts in a page.

mod addresses;
mod attacks;
mod probes;
mod written;
