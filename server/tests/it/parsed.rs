//! A page as a browser reads it.

use std::collections::BTreeMap;

use html5ever::{ParseOpts, driver::parse_document, tendril::TendrilSink, tree_builder::TreeBuilderOpts};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

pub struct Page(Vec<Element>);

#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// All text within.
    pub text: String,
}

impl Page {
    pub fn read(html: &str) -> Self {
        Self::read_with(html, true)
    }

    /// With scripts or without: what stands in `noscript` is text or markup.
    pub fn read_with(html: &str, scripts: bool) -> Self {
        let tree_builder = TreeBuilderOpts { scripting_enabled: scripts, ..TreeBuilderOpts::default() };
        let options = ParseOpts { tree_builder, ..ParseOpts::default() };
        let parsed = parse_document(RcDom::default(), options).one(html);
        let mut elements = Vec::new();
        collect(&parsed.document, &mut elements);
        Self(elements)
    }

    pub fn all(&self) -> &[Element] {
        &self.0
    }

    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    pub fn title(&self) -> &str {
        self.named("title").next().map_or("", |title| &title.text)
    }

    /// The controls with this name.
    pub fn controls<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.0.iter().filter(move |element| element.attribute("name") == name)
    }

    /// What the first control with this name holds.
    #[track_caller]
    pub fn value<'a>(&'a self, name: &'a str) -> &'a str {
        let control = self.controls(name).next().unwrap_or_else(|| panic!("no control is called {name}"));
        if control.name == "textarea" { &control.text } else { control.attribute("value") }
    }
}

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Gives the text within.
fn collect(node: &Handle, elements: &mut Vec<Element>) -> String {
    let at = elements.len();
    let mut text = String::new();
    match &node.data {
        NodeData::Text { contents } => text.push_str(&contents.borrow()),
        NodeData::Element { name, attrs, template_contents, .. } => {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
            elements.push(Element {
                name: name.local.to_string(),
                attributes: attributes.collect(),
                ..Element::default()
            });
            if let Some(inner) = template_contents.borrow().as_ref() {
                text.push_str(&collect(inner, elements));
            }
        }
        _ => {}
    }
    for child in node.children.borrow().iter() {
        text.push_str(&collect(child, elements));
    }
    if let NodeData::Element { .. } = node.data {
        elements[at].text = text.clone();
    }
    text
}
