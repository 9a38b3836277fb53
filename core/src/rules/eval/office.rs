//! Attached office documents: macros, objects and links that do harm (`Mail::SpamAssassin::Plugin::OLEVBMacro`).

mod scan;
mod settings;

pub(crate) use scan::{Office, read};
pub use settings::Settings;

use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_olemacro", run: |scene, _| of(scene).has_macro.into() },
    Eval { name: "check_olemacro_csv", run: |scene, _| of(scene).has_command.into() },
    Eval { name: "check_olemacro_download_exe", run: |scene, _| of(scene).downloads.into() },
    Eval { name: "check_olemacro_encrypted", run: |scene, _| of(scene).is_encrypted.into() },
    Eval { name: "check_olemacro_malice", run: |scene, _| of(scene).runs_itself.into() },
    Eval { name: "check_olemacro_mhtml_uri", run: |scene, _| of(scene).has_mhtml_link.into() },
    Eval { name: "check_olemacro_redirect_uri", run: |scene, _| of(scene).has_link.into() },
    Eval { name: "check_olemacro_renamed", run: |scene, _| of(scene).is_renamed.into() },
    Eval { name: "check_olemacro_zip_password", run: |scene, _| of(scene).is_locked.into() },
    Eval { name: "check_oleobject", run: |scene, _| of(scene).has_object.into() },
    Eval { name: "check_olertfobject", run: has_rtf_object },
];

fn of<'run>(scene: &Scene<'run>) -> &'run Office {
    scene.view.files().office(scene.view, &scene.lists.office)
}

fn has_rtf_object(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    of(scene).has_rtf_object.into()
}

#[cfg(test)]
mod tests;
