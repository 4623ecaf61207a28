//! Each condition of the library's writes is taken out on the wire, one by one: a promise is then visibly broken, and is not while the
//! condition is there. So each is needed, and each has an effect.

mod bench;
mod conditions;
mod gate;
mod items;
mod lock;
mod records;
mod unlock;

use migrate_tests::blank::{Blank, Condition};

/// A scenario says what is broken, if anything is: nothing with the condition, something without.
async fn is_needed(condition: Condition, scenario: impl AsyncFn(Blank) -> Option<String>) {
    let whole = scenario(Blank::nothing()).await;
    assert_eq!(whole, None, "{} is there, and even so", condition.name);
    let blank = Blank::of(condition);
    let broken = scenario(blank.clone()).await;
    assert!(blank.count() > 0, "{}: no request carried it", condition.name);
    println!("without {}: {}", condition.name, broken.as_deref().unwrap_or("nothing"));
    assert!(broken.is_some(), "nothing breaks without {}", condition.name);
}
