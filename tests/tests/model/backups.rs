//! Point-in-time recovery and backups.

use super::*;
use aws_sdk_dynamodb::types::PointInTimeRecoverySpecification;

fn recovery(enabled: bool, days: Option<i32>) -> PointInTimeRecoverySpecification {
    let builder = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(enabled);
    builder.set_recovery_period_in_days(days).build().unwrap()
}

#[tokio::test]
async fn recovery_has_a_period_of_1_to_35_days() {
    let model = Model::with(Quirks { tries_before_backups: 2, ..Quirks::instant() });
    let client = model.once();
    let set = |wanted| client.update_continuous_backups().table_name("tab").point_in_time_recovery_specification(wanted).send();
    refused(set(recovery(true, None)).await, "TableNotFoundException", "tab");
    create(&client).send().await.unwrap();
    for _ in 0..2 {
        refused(set(recovery(true, None)).await, "ContinuousBackupsUnavailableException", "retry later");
    }
    assert!(model.violations().is_empty(), "nobody can know how long it takes");
    refused(set(recovery(true, Some(0))).await, INVALID, "1 to 35");
    refused(set(recovery(true, Some(36))).await, INVALID, "1 to 35");
    refused(set(recovery(false, Some(3))).await, INVALID, "only be specified");
    let live = || async {
        let answer = client.describe_continuous_backups().table_name("tab").send().await.unwrap();
        let live = answer.continuous_backups_description.unwrap().point_in_time_recovery_description.unwrap();
        (live.point_in_time_recovery_status.unwrap().as_str().to_owned(), live.recovery_period_in_days)
    };
    assert_eq!(live().await, ("DISABLED".to_owned(), None));
    model.forget();
    set(recovery(true, None)).await.unwrap();
    assert_eq!(live().await, ("ENABLED".to_owned(), Some(35)));
    set(recovery(true, Some(1))).await.unwrap();
    assert_eq!(live().await, ("ENABLED".to_owned(), Some(1)));
    assert!(model.violations().is_empty());
    set(recovery(true, Some(1))).await.unwrap();
    assert!(model.violations()[0].contains("changes nothing"));
    set(recovery(false, None)).await.unwrap();
    assert_eq!(live().await, ("DISABLED".to_owned(), None));
}

#[tokio::test]
async fn a_backup_is_made_of_an_active_table() {
    let model = Model::new();
    let client = model.once();
    let back_up = || client.create_backup().table_name("tab").backup_name("before-0007").send();
    refused(back_up().await, "TableNotFoundException", "tab");
    create(&client).send().await.unwrap();
    refused(back_up().await, "TableInUseException", "tab");
    while statuses(&client).await != "ACTIVE" {}
    refused(client.create_backup().table_name("tab").backup_name("a b").send().await, INVALID, "backupName");
    let arn = back_up().await.unwrap().backup_details.unwrap().backup_arn;
    refused(client.delete_backup().backup_arn(&arn).send().await, "BackupInUseException", &arn);
    let status = || async {
        let answer = client.describe_backup().backup_arn(&arn).send().await.unwrap();
        answer.backup_description.unwrap().backup_details.unwrap().backup_status.as_str().to_owned()
    };
    assert_eq!((status().await, status().await), ("CREATING".to_owned(), "AVAILABLE".to_owned()));
    let listed = client.list_backups().table_name("tab").send().await.unwrap();
    assert_eq!(listed.backup_summaries()[0].backup_name(), Some("before-0007"));
    assert!(client.list_backups().table_name("other").send().await.unwrap().backup_summaries().is_empty());
    client.delete_backup().backup_arn(&arn).send().await.unwrap();
    refused(client.describe_backup().backup_arn(&arn).send().await, "BackupNotFoundException", &arn);
}
