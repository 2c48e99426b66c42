//! What is wrong with a setting, for the person who writes it.

use std::fmt;

use directory::Weakness;

use crate::kind::Kind;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Of which kind the resource is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The field, such as `members[2]` or `title.zh`; `name` for the name itself; empty for the whole.
    pub field: String,
    /// What.
    pub what: What,
}

/// Where all that is wrong is asked for, one thing is all.
impl From<Problem> for Vec<Problem> {
    fn from(problem: Problem) -> Self {
        vec![problem]
    }
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Nothing where something is needed.
    Missing,
    /// A field that there is not.
    Unknown,
    /// Something else was expected: the reader's word for it.
    WrongType(Shape),
    /// None of these.
    NoneOf(Vec<String>),
    /// A number beyond its limits (least, most).
    OutOfRange(i64, i64),
    /// A text of another form.
    Format(Format),
    /// More characters or entries than there may be.
    TooLong(usize),
    /// Fewer characters than there must be.
    TooShort(usize),
    /// A password that is easy to find out.
    Weak(Weakness),
    /// Said twice.
    Twice,
    /// What it refers to does not exist.
    NotFound(Kind, String),
    /// Another has it already.
    Taken(Kind, String),
    /// It cannot go while this one refers to it, by this field.
    InUse(Kind, String, String),
    /// It has changed since it was read.
    Conflict,
    /// It exists already.
    Exists,
    /// The name is one that every tenant has.
    BuiltIn,
    /// It does not exist.
    Absent,
    /// It can be neither made nor removed.
    Fixed,
    /// It would give rights, or change somebody who has rights, that whoever asks does not have.
    BeyondRights,
    /// Nobody could change settings any more.
    LastAdministrator,
    /// A number that is to be shown and is none of the tenant's.
    NotOurs(String),
    /// A recording that was never uploaded.
    NoAudio,
    /// More sound than so many seconds of prompts.
    TooMuchAudio(u32),
    /// A flow says so, in its own words.
    Flow(Box<flow::Problem>),
    /// A part of the program refuses it, in its own words.
    Refused(String),
}

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A whole number of zero or more.
    Natural,
    /// True or false.
    YesNo,
    /// A list.
    List,
    /// Fields with values.
    Object,
    /// One field with a value.
    OneField,
    /// A text, a number or a list of texts.
    Value,
}

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Of a tenant's name.
    Realm,
    /// Of a queue's name and the like.
    Name,
    /// Of a setting's name.
    Key,
    /// Of a user's name.
    UserName,
    /// Of an agent's number and a device's name.
    Extension,
    /// A number that is dialled.
    Number,
    /// A prefix of numbers.
    Prefix,
    /// Of a role's name.
    Role,
    /// An address or network.
    Network,
    /// A SIP address.
    SipAddress,
    /// Where a trunk sends calls.
    SendTo,
    /// A host's name or address.
    Host,
    /// An area code.
    AreaCode,
    /// What is dialled to get an outside line.
    OutsidePrefix,
    /// A zone's distance from UTC.
    Offset,
    /// A change to numbers.
    NumberRule,
    /// Who goes before others.
    PriorityRule,
    /// A number that may not be called, and why.
    DoNotCall,
    /// A mail address.
    MailAddress,
    /// An address of the web.
    WebAddress,
    /// A time of the day.
    ClockTime,
    /// A text without control characters.
    Plain,
    /// Of what names a recording.
    Audio,
    /// A path that stays within its folder.
    FileWithin,
}

impl Shape {
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("应为文本", "must be a text"),
            Self::Number => ("应为数字", "must be a number"),
            Self::Integer => ("应为整数", "must be a whole number"),
            Self::Natural => ("应为不小于零的整数", "must be a whole number of zero or more"),
            Self::YesNo => ("应为 true 或 false", "must be true or false"),
            Self::List => ("应为列表", "must be a list"),
            Self::Object => ("应为一组字段", "must be a set of fields"),
            Self::OneField => ("应恰有一个字段", "must have exactly one field"),
            Self::Value => ("应为文本、数字或文本列表", "must be a text, a number or a list of texts"),
        }
    }
}

impl Format {
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Realm => ("只能用小写字母、数字和连字符", "may hold lower-case letters, digits and hyphens"),
            Self::Name => {
                ("只能用小写字母、数字、下划线和连字符", "may hold lower-case letters, digits, underscores and hyphens")
            }
            Self::Key => (
                "只能用小写字母、数字、点、下划线和连字符",
                "may hold lower-case letters, digits, dots, underscores and hyphens",
            ),
            Self::UserName => ("只能用字母、数字和 . _ - @", "may hold letters, digits and . _ - @"),
            Self::Extension => ("只能用字母、数字和 . _ -", "may hold letters, digits and . _ -"),
            Self::Number => ("应为数字，前面可有 + 或 *", "must be digits, behind + or * where there is one"),
            Self::Prefix => ("应为号码前缀，或 any 表示所有号码", "must be a prefix of numbers, or `any` for all"),
            Self::Role => (
                "以小写字母开头，只能用小写字母、数字、下划线和连字符，最多 32 个字符",
                "begins with a lower-case letter and goes on with those, digits, underscores and hyphens, 32 at most",
            ),
            Self::Network => {
                ("应为 IP 地址或网段，例如 192.0.2.0/24", "must be an IP address or a network such as 192.0.2.0/24")
            }
            Self::SipAddress => (
                "应为 SIP 地址，例如 sip:agent@192.0.2.1，或 setting:名称",
                "must be a SIP address such as sip:agent@192.0.2.1, or setting:NAME",
            ),
            Self::SendTo => (
                "应为 sip:主机[:端口]，例如 sip:carrier.example:5060",
                "must be sip:host[:port] such as sip:carrier.example:5060",
            ),
            Self::Host => (
                "应为域名或 IP 地址，例如 ims.carrier.cn",
                "must be a domain name or an IP address such as ims.carrier.cn",
            ),
            Self::AreaCode => ("应为区号，例如 010 或 0755", "must be an area code such as 010 or 0755"),
            Self::OutsidePrefix => ("应为一位数字，不能是 1", "must be one digit other than 1"),
            Self::Offset => ("应为 15 分钟的整数倍，例如 480", "must be a multiple of 15 minutes, such as 480"),
            Self::NumberRule => (
                "只能用数字和 + * #；去掉的位数不能超过前缀，添加的最多 16 位",
                "may hold digits and + * #; it takes off no more than its prefix and puts before at most 16",
            ),
            Self::PriorityRule => (
                "每条应为 caller:主叫=分数 或 called:被叫=分数，前缀后加 *，分数为 -1000 到 1000，例如 caller:1380*=500",
                "each must be caller:NUMBER=PRIORITY or called:NUMBER=PRIORITY with * behind a prefix and -1000 to 1000, \
                 such as caller:1380*=500",
            ),
            Self::DoNotCall => (
                "每条应为号码或号码=原因，前缀后加 *，原因为 asked、regulator、wrong_number 或 other，例如 13911112222=asked",
                "each must be NUMBER or NUMBER=REASON with * behind a prefix; reasons are asked, regulator, wrong_number \
                 and other, such as 13911112222=asked",
            ),
            Self::FileWithin => ("应为文件夹内的相对路径，不含“..”", "must be a path within the folder, without `..`"),
            Self::Audio => ("应为录音的 SHA-256", "must be the SHA-256 of a recording"),
            Self::MailAddress => {
                ("应为邮箱地址，例如 wang@example.com", "must be a mail address such as wang@example.com")
            }
            Self::WebAddress => (
                "应为 https:// 开头的网址，不含用户名和密码",
                "must be an address that begins with https:// and holds no user name or password",
            ),
            Self::ClockTime => ("应为 24 小时制时间，例如 08:30", "must be a time of 24 hours such as 08:30"),
            Self::Plain => ("不能含控制字符", "must not hold control characters"),
        }
    }
}

impl What {
    /// The stable name, by which programs decide.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::WrongType(_) => "wrong_type",
            Self::NoneOf(_) => "none_of",
            Self::OutOfRange(..) => "out_of_range",
            Self::Format(_) => "bad_format",
            Self::TooLong(_) => "too_long",
            Self::TooShort(_) => "too_short",
            Self::Weak(_) => "weak",
            Self::Twice => "twice",
            Self::NotFound(..) => "not_found",
            Self::Taken(..) => "taken",
            Self::InUse(..) => "in_use",
            Self::Conflict => "conflict",
            Self::Exists => "exists",
            Self::BuiltIn => "built_in",
            Self::Absent => "absent",
            Self::Fixed => "fixed",
            Self::BeyondRights => "beyond_rights",
            Self::LastAdministrator => "last_administrator",
            Self::NotOurs(_) => "not_ours",
            Self::NoAudio => "no_audio",
            Self::TooMuchAudio(_) => "too_much_audio",
            Self::Flow(_) => "flow",
            Self::Refused(_) => "invalid",
        }
    }

    /// The other resource that it is about.
    pub fn other(&self) -> Option<(Kind, &str)> {
        match self {
            Self::NotFound(kind, name) | Self::Taken(kind, name) | Self::InUse(kind, name, _) => Some((*kind, name)),
            _ => None,
        }
    }

    /// For people, in Chinese and in English. The field is said apart.
    pub fn texts(&self) -> (String, String) {
        let both = |(zh, en): (&str, &str)| (zh.to_owned(), en.to_owned());
        match self {
            Self::Missing => both(("必填", "is required")),
            Self::Unknown => both(("没有此字段", "is no field of this kind")),
            Self::WrongType(shape) => both(shape.texts()),
            Self::NoneOf(names) => {
                (format!("应为以下之一：{}", names.join("、")), format!("must be one of: {}", names.join(", ")))
            }
            Self::OutOfRange(least, most) => (format!("须为 {least} 到 {most}"), format!("must be {least} to {most}")),
            Self::Format(format) => both(format.texts()),
            Self::TooLong(most) => (format!("最多 {most} 个"), format!("may be {most} long at most")),
            Self::TooShort(least) => (format!("至少 {least} 个字符"), format!("must have {least} characters or more")),
            Self::Twice => both(("重复", "is given twice")),
            Self::NotFound(kind, name) => {
                (format!("{}“{name}”不存在", kind.title().0), format!("there is no {} `{name}`", kind.title().1))
            }
            Self::Taken(kind, name) => {
                (format!("{}“{name}”已使用", kind.title().0), format!("is taken by {} `{name}`", kind.title().1))
            }
            Self::InUse(kind, name, field) => (
                format!("{}“{name}”正在引用它（{field}）", kind.title().0),
                format!("{} `{name}` refers to it ({field})", kind.title().1),
            ),
            Self::Conflict => both(("读取之后已被他人修改，请重新载入", "has changed since it was read; load it anew")),
            Self::Exists => both(("已存在", "exists already")),
            Self::BuiltIn => both(("是内置角色的名称", "is the name of a built-in role")),
            Self::Weak(weakness) => both(weak(*weakness)),
            Self::Absent => both(("不存在", "does not exist")),
            Self::Fixed => both(("不能新建或删除", "can be neither made nor removed")),
            Self::BeyondRights => both(("超出了您自己的权限", "has rights beyond your own")),
            Self::LastAdministrator => {
                both(("至少要有一名可登录的管理员", "one administrator who can sign in has to remain"))
            }
            Self::NotOurs(number) => (
                format!("{number} 不是本公司的号码，也不在中继的可显示号码中"),
                format!("{number} is no number of ours, nor one that a trunk may show"),
            ),
            Self::NoAudio => both(("没有这段录音，请先上传", "there is no such recording; upload it first")),
            Self::TooMuchAudio(most) => (
                format!("语音总长不能超过 {} 分钟，请先删除不用的语音", most / 60),
                format!("all prompts together may last {} minutes; remove some that are not used", most / 60),
            ),
            Self::Flow(said) => (format!("流程有误：{}", said.zh()), format!("the flow is wrong: {}", said.en())),
            Self::Refused(said) => (format!("无效：{said}"), said.clone()),
        }
    }
}

const fn weak(weakness: Weakness) -> (&'static str, &'static str) {
    match weakness {
        Weakness::TooShort => ("密码太短", "is too short for a password"),
        Weakness::TooLong => ("密码太长", "is too long for a password"),
        Weakness::Common => ("太常见，容易被猜到", "is a common password and easily guessed"),
        Weakness::Simple => ("由重复或连续的字符组成", "is made of repeated characters or a run of them"),
        Weakness::Name => ("不能包含用户名或公司名", "must not contain the name of the user or the company"),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, field, what } = self;
        write!(f, "{kind} {name}")?;
        if !field.is_empty() {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", what.texts().1)
    }
}
