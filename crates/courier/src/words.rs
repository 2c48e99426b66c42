//! What letters say, in Chinese and in English.

use resource::LetterLanguage;
use types::Wall;
use types::alert::{Level, Measure};

use crate::letter::Content;

/// The words of a language.
pub(crate) const fn pick<'a>(language: LetterLanguage, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        LetterLanguage::Zh => zh,
        LetterLanguage::En => en,
    }
}

/// A letter that only shows that letters arrive.
pub(crate) fn trial(language: LetterLanguage) -> Content {
    let subject = pick(language, "灵通测试邮件", "Test mail from Lingtong");
    let text = pick(
        language,
        "这是一封测试邮件。收到它，说明邮件服务器已设置正确。\n",
        "This is a test. That you read it means that the mail server is set up rightly.\n",
    );
    Content { subject: subject.to_owned(), text: text.to_owned(), files: Vec::new() }
}

/// A moment on the wall of somebody so many minutes east of UTC, to the minute.
pub(crate) fn local(at: Wall, utc_offset_min: i32) -> String {
    let text = Wall(at.0 + i64::from(utc_offset_min) * 60_000).to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}

/// The days from a moment to before another, on that wall.
pub(crate) fn days((from, to): (Wall, Wall), utc_offset_min: i32) -> String {
    let day = |at: Wall| local(at, utc_offset_min).get(..10).unwrap_or_default().to_owned();
    let (first, last) = (day(from), day(Wall(to.0 - 1)));
    if first == last { first } else { format!("{first} – {last}") }
}

/// What an alarm means, by its code; the code itself where it is a newer one.
pub(crate) fn alarm(code: &str, language: LetterLanguage) -> &str {
    let known = ALARMS.iter().find(|(known, ..)| *known == code);
    known.map_or(code, |(_, zh, en)| pick(language, zh, en))
}

/// How bad an alert is.
pub(crate) const fn level(level: Level, language: LetterLanguage) -> &'static str {
    match level {
        Level::Warning => pick(language, "警告", "warning"),
        Level::Critical => pick(language, "严重", "critical"),
    }
}

/// A figure that is watched.
pub(crate) const fn measure(measure: Measure, language: LetterLanguage) -> &'static str {
    match measure {
        Measure::Waiting => pick(language, "等待人数", "waiting"),
        Measure::LongestWait => pick(language, "最长等待", "longest wait"),
        Measure::ServiceLevel => pick(language, "服务水平", "service level"),
        Measure::AbandonRate => pick(language, "放弃率", "abandon rate"),
        Measure::AgentsFree => pick(language, "空闲坐席", "agents free"),
        Measure::Occupancy => pick(language, "占用率", "occupancy"),
        Measure::Capacity => pick(language, "容量占用", "capacity in use"),
    }
}

const ALARMS: [(&str, &str, &str); 17] = [
    ("journal_failed", "日志无法写入磁盘", "The journal can't be written to the disk"),
    ("ladder_failed", "信令记录无法写入磁盘", "Signalling can't be written to the disk"),
    ("disk_failed", "磁盘出错", "The disk fails"),
    ("disk_slow", "磁盘响应缓慢", "The disk is slow"),
    ("sync_failed", "日志无法落盘", "The journal can't be synced to the disk"),
    ("sync_slow", "日志落盘缓慢", "Syncing the journal is slow"),
    ("events_lost", "有事件丢失", "Events were lost"),
    ("recording_failed", "录音缺失声音", "Recordings lack sound"),
    ("call_too_long", "通话超过最长时限", "A call was longer than allowed"),
    ("leg_given_up", "有一方失去联系", "A leg was given up"),
    ("queue_refused", "队列拒绝了来电", "A queue refused a call"),
    ("lease_expired", "坐席状态超时被收回", "A lease expired"),
    ("flow_missing", "号码指向的流程不存在", "A number leads to a flow that is missing"),
    ("canary_rolled_back", "流程新版本已自动撤回", "A new version of a flow was rolled back by itself"),
    ("emergency_call", "有人拨打了紧急号码", "Somebody has dialled an emergency number"),
    ("trunk_down", "中继无应答", "A trunk does not answer"),
    ("trunk_unregistered", "中继未注册到运营商", "A trunk is not registered with its carrier"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_companys() {
        // 2026-03-02 00:00 in China.
        let midnight = Wall(1_772_380_800_000);
        assert_eq!(local(midnight, 480), "2026-03-02 00:00");
        assert_eq!(days((midnight, Wall(midnight.0 + 86_400_000)), 480), "2026-03-02");
        assert_eq!(days((Wall(midnight.0 - 86_400_000), Wall(midnight.0 + 1)), 480), "2026-03-01 – 2026-03-02");
    }

    #[test]
    fn a_newer_alarm_is_told_by_its_code() {
        assert_eq!(alarm("trunk_down", LetterLanguage::Zh), "中继无应答");
        assert_eq!(alarm("moon_down", LetterLanguage::En), "moon_down");
    }
}
