//! The rows on the model of DynamoDB, which has every capability: all is proved, and no call is one that a careful client would not send.

use crate::cases;
use crate::play::{Held, Stand, play};
use migrate_tests::model::{Model, Quirks};

/// Every row under these circumstances, with what is wrong.
pub async fn all_rows(quirks: &Quirks, at_creation: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let model = Model::with(quirks.clone());
        let stand = Stand::of_model(&model);
        for (word, held) in play(&stand, &case, at_creation).await {
            let idle = case.stages.iter().any(|stage| stage.word == word && stage.idle);
            let wanted = if idle { Held::NothingToDo } else { Held::Proved };
            if held != wanted {
                wrong.push(format!("{}, {word}: {held:?}", case.name));
            }
        }
        wrong.extend(model.violations().into_iter().map(|violation| format!("{}: {violation}", case.name)));
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn each_setting_is_set_changed_and_switched_off() {
    let wrong = all_rows(&Quirks::default(), false).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn each_setting_may_come_with_the_table_itself() {
    let wrong = all_rows(&Quirks::default(), true).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
