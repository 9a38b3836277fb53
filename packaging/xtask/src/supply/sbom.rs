//! What is in the programs, for programs: a bill of materials in CycloneDX 1.5, <https://cyclonedx.org/docs/1.5/json/>.
//!
//! It has no time and no serial number, so that the same sources make the same file.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Crate, Part, parts, shipped};

/// The bill of materials as JSON.
pub fn sbom() -> Result<String> {
    let crates = shipped()?;
    let parts = parts(&crates)?;
    let version = env!("CARGO_PKG_VERSION");
    let mut components: Vec<Value> = crates.iter().map(component).collect();
    components.extend(parts.iter().map(part));
    let mut graph: Vec<Value> = crates.iter().map(needs).collect();
    graph.insert(0, json!({ "ref": "tamis", "dependsOn": crates.iter().map(purl).collect::<Vec<_>>() }));
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "tamis xtask", "version": version }] },
            "component": {
                "type": "application",
                "bom-ref": "tamis",
                "name": "tamis",
                "version": version,
                "description": "The programs tamis and tamis-agent",
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
        },
        "components": components,
        "dependencies": graph,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn purl(one: &Crate) -> String {
    // A plus sign means a space there unless it is written so.
    format!("pkg:cargo/{}@{}", one.name, one.version.replace('+', "%2B"))
}

fn component(one: &Crate) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(one),
        "name": one.name,
        "version": one.version,
        // Older crates write a stroke where today stands OR.
        "licenses": [{ "expression": one.licence.replace(" / ", " OR ").replace('/', " OR ") }],
        "hashes": [{ "alg": "SHA-256", "content": one.checksum }],
        "purl": purl(one),
    });
    if one.url.starts_with("https://") {
        put(&mut component, "externalReferences", json!([{ "type": "vcs", "url": one.url }]));
    }
    component
}

fn part(part: &Part) -> Value {
    let mut component = json!({
        "type": if part.name.contains("font") || part.name.contains("data") { "data" } else { "library" },
        "bom-ref": part.name,
        "name": part.name,
        "licenses": [{ "expression": part.licence }],
        "externalReferences": [{ "type": "website", "url": part.url }],
    });
    if !part.version.is_empty() {
        put(&mut component, "version", json!(part.version));
    }
    component
}

fn put(component: &mut Value, key: &str, value: Value) {
    if let Some(fields) = component.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

fn needs(one: &Crate) -> Value {
    let needed = one.needs.iter().map(|(name, version)| format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")));
    json!({ "ref": purl(one), "dependsOn": needed.collect::<Vec<_>>() })
}
