//! Nothing that somebody writes acts in a page.

mod attacks;
