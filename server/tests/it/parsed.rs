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
    /// The stretches of text that stand in it itself.
    pub own: Vec<String>,
    /// Where what it stands in is among all.
    pub parent: Option<usize>,
}

/// A form, and what it would send.
#[derive(Clone, Debug)]
pub struct Form {
    pub method: String,
    pub action: String,
    /// Name, value, and whether somebody types into it.
    pub controls: Vec<(String, String, bool)>,
}

impl Form {
    /// Where it goes, without what its address says besides.
    pub fn path(&self) -> &str {
        self.action.split('?').next().unwrap_or_default()
    }
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
        collect(&parsed.document, None, &mut elements);
        Self(elements)
    }

    pub fn all(&self) -> &[Element] {
        &self.0
    }

    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    /// Its forms, with what a browser would choose where nobody chooses.
    pub fn forms(&self) -> Vec<Form> {
        let within = |at: usize, name: &str| {
            let mut up = self.0[at].parent;
            while up.is_some_and(|up| self.0[up].name != name) {
                up = up.and_then(|up| self.0[up].parent);
            }
            up
        };
        let mut forms: Vec<(usize, Form)> = Vec::new();
        for (at, element) in self.0.iter().enumerate() {
            if element.name == "form" {
                let [method, action] = ["method", "action"].map(|name| element.attribute(name).to_owned());
                forms.push((at, Form { method, action, controls: Vec::new() }));
            }
            let is = |name: &str| element.attributes.contains_key(name);
            let kind = element.attribute("type");
            let (value, typed) = match (element.name.as_str(), kind) {
                ("input", "submit" | "button" | "file") => continue,
                ("input", "checkbox" | "radio") if !is("checked") => continue,
                ("input", _) => {
                    (element.attribute("value").to_owned(), !matches!(kind, "hidden" | "checkbox" | "radio"))
                }
                ("textarea", _) => (element.text.clone(), true),
                ("select", _) => {
                    let options = || (at..self.0.len()).filter(|one| self.0[*one].name == "option");
                    let own = || options().filter(|one| within(*one, "select") == Some(at));
                    let selected = own().find(|one| self.0[*one].attributes.contains_key("selected"));
                    let any = selected.or_else(|| own().find(|one| !self.0[*one].attribute("value").is_empty()));
                    (any.map(|one| self.0[one].attribute("value").to_owned()).unwrap_or_default(), false)
                }
                _ => continue,
            };
            let Some(form) = within(at, "form") else { continue };
            if let Some((_, form)) = forms.iter_mut().find(|(one, _)| *one == form).filter(|_| is("name")) {
                form.controls.push((element.attribute("name").to_owned(), value, typed));
            }
        }
        forms.into_iter().map(|(_, form)| form).collect()
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
fn collect(node: &Handle, parent: Option<usize>, elements: &mut Vec<Element>) -> String {
    let at = elements.len();
    let mut inside = parent;
    let mut text = String::new();
    match &node.data {
        NodeData::Text { contents } => {
            text.push_str(&contents.borrow());
            if let Some(parent) = parent {
                elements[parent].own.push(contents.borrow().to_string());
            }
        }
        NodeData::Element { name, attrs, template_contents, .. } => {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
            elements.push(Element {
                name: name.local.to_string(),
                attributes: attributes.collect(),
                parent,
                ..Element::default()
            });
            inside = Some(at);
            if let Some(inner) = template_contents.borrow().as_ref() {
                text.push_str(&collect(inner, inside, elements));
            }
        }
        _ => {}
    }
    for child in node.children.borrow().iter() {
        text.push_str(&collect(child, inside, elements));
    }
    if let NodeData::Element { .. } = node.data {
        elements[at].text = text.clone();
    }
    text
}
