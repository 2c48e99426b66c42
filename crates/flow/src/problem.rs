//! What is wrong with a flow, for the person who draws it.

use std::fmt;

use types::leg::Text;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The node; absent when the flow as a whole is meant.
    pub node: Option<Text>,
    /// The field, such as `outlets.1` or `timeout_s`.
    pub field: Option<String>,
    /// What.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is no JSON, or a field is missing, unknown or of the wrong type: the reader's message.
    Malformed(String),
    /// A version this program doesn't know.
    Version(u64),
    /// No such node kind.
    UnknownKind(String),
    /// A node that the start or an outlet names isn't there.
    NoSuchNode(Text),
    /// A necessary outlet leads nowhere.
    MissingOutlet(String),
    /// The kind has no such outlet.
    UnknownOutlet(String),
    /// No way leads to the node.
    Unreachable,
    /// A circle in which nothing waits: it would run for ever.
    Loop,
    /// Something other than keys of a telephone.
    BadDigits(String),
    /// A language without prompts.
    UnknownLanguage(Text),
    /// A prompt that isn't in the bank, in this language.
    UnknownPrompt(Text, Text),
    /// No queue of that name.
    UnknownQueue(Text),
    /// No agent of that number.
    UnknownAgent(Text),
    /// No music of that name.
    UnknownMusic(Text),
    /// No flow of that name.
    UnknownFlow(Text),
    /// No setting of that name.
    UnknownSetting(Text),
    /// No secret of that name.
    UnknownSecret(Text),
    /// No database of that name.
    UnknownDatabase(Text),
    /// A statement that is not one SELECT.
    NoSelect,
    /// An expression in a statement where it would be a piece of text.
    QuotedExpression,
    /// A secret where it could be seen.
    SecretNotHere,
    /// A name that no variable can have.
    NoVariable(String),
    /// A text that can't be said so, and how such a text is written.
    NotSayable(Text, &'static str),
    /// A number beyond its limits (least, most).
    OutOfRange(i64, i64),
    /// A text of more characters than this.
    TooLong(usize),
    /// Nothing where something is needed.
    Empty,
    /// A sound without an end where the flow waits for the end.
    Endless,
    /// Not a date, time or span.
    BadTime(String),
    /// An expression that can't be read: where, counted from 1, and why.
    Expression {
        /// The line.
        line: u32,
        /// The column, in characters.
        column: u32,
        /// The reader's message.
        why: String,
    },
    /// `{{` without its `}}`.
    OpenTemplate,
    /// A JSONPath that can't be read.
    BadPath(String),
    /// No address of another system.
    BadUrl,
    /// No name of a header, or one that is not for flows to set.
    BadHeader,
    /// Only one of these two may be given.
    Either(&'static str, &'static str),
    /// Too many nodes.
    TooBig(usize),
}

impl Problem {
    /// Of the flow as a whole.
    pub(crate) fn of_flow(field: &str, what: What) -> Self {
        Self { node: None, field: (!field.is_empty()).then(|| field.to_owned()), what }
    }

    /// Of a node.
    pub(crate) fn of_node(node: &Text, field: &str, what: What) -> Self {
        Self { node: Some(node.clone()), field: (!field.is_empty()).then(|| field.to_owned()), what }
    }

    /// In English.
    pub fn en(&self) -> String {
        let what = self.what.en();
        match (&self.node, &self.field) {
            (Some(node), Some(field)) => format!("node `{node}`, {field}: {what}"),
            (Some(node), None) => format!("node `{node}`: {what}"),
            (None, Some(field)) => format!("{field}: {what}"),
            (None, None) => what,
        }
    }

    /// In Chinese.
    pub fn zh(&self) -> String {
        let what = self.what.zh();
        match (&self.node, &self.field) {
            (Some(node), Some(field)) => format!("节点“{node}”的 {field}：{what}"),
            (Some(node), None) => format!("节点“{node}”：{what}"),
            (None, Some(field)) => format!("{field}：{what}"),
            (None, None) => what,
        }
    }
}

impl What {
    /// In English, without where.
    pub fn en(&self) -> String {
        match self {
            Self::Malformed(why) => why.clone(),
            Self::Version(v) => format!("version {v} is not known; this program reads version 1"),
            Self::UnknownKind(kind) => format!("there is no node kind `{kind}`"),
            Self::NoSuchNode(node) => format!("there is no node `{node}`"),
            Self::MissingOutlet(name) => format!("outlet `{name}` has to lead somewhere"),
            Self::UnknownOutlet(name) => format!("this kind of node has no outlet `{name}`"),
            Self::Unreachable => "no way leads here".to_owned(),
            Self::Loop => "is part of a circle in which nothing waits".to_owned(),
            Self::BadDigits(text) => format!("`{text}` is not made of the keys 0-9, * and #"),
            Self::UnknownLanguage(language) => format!("there are no prompts in language `{language}`"),
            Self::UnknownPrompt(id, language) => format!("there is no prompt `{id}` in language `{language}`"),
            Self::UnknownQueue(name) => format!("there is no queue `{name}`"),
            Self::UnknownAgent(number) => format!("there is no agent `{number}`"),
            Self::UnknownMusic(name) => format!("there is no music `{name}`"),
            Self::UnknownFlow(name) => format!("there is no flow `{name}`"),
            Self::UnknownSecret(name) => format!("there is no secret `{name}`"),
            Self::UnknownDatabase(name) => format!("there is no database `{name}`"),
            Self::NoSelect => "has to be one SELECT, without a semicolon".to_owned(),
            Self::QuotedExpression => {
                "an expression stands within quotes or a comment; write it bare: what it gives is bound as a value"
                    .to_owned()
            }
            Self::SecretNotHere => "a secret may stand in a header alone".to_owned(),
            Self::UnknownSetting(name) => format!("there is no setting `{name}`"),
            Self::NoVariable(name) => format!("`${name}` can't be a variable"),
            Self::NotSayable(text, form) => format!("`{text}` can't be said so; write something like {form}"),
            Self::OutOfRange(low, high) => format!("has to be {low} to {high}"),
            Self::Empty => "must not be empty".to_owned(),
            Self::Endless => "never ends; give `max_s`".to_owned(),
            Self::BadTime(text) => format!("`{text}` is no date or time; write 2026-10-01 or 09:00"),
            Self::TooLong(most) => format!("more than {most} characters"),
            Self::Expression { line, column, why } => format!("line {line}, column {column}: {why}"),
            Self::OpenTemplate => "`{{` without its `}}`".to_owned(),
            Self::BadPath(why) => format!("JSONPath: {why}"),
            Self::BadUrl => "must begin with https:// or http:// and a host without an expression".to_owned(),
            Self::BadHeader => "is no header that a flow can set".to_owned(),
            Self::Either(one, other) => format!("give either this or `{other}`, not both of `{one}` and `{other}`"),
            Self::TooBig(most) => format!("more than {most} nodes"),
        }
    }

    /// In Chinese, without where.
    pub fn zh(&self) -> String {
        match self {
            Self::Malformed(why) => format!("格式有误：{why}"),
            Self::Version(v) => format!("不支持版本 {v}，本程序只支持版本 1"),
            Self::UnknownKind(kind) => format!("没有“{kind}”这种节点"),
            Self::NoSuchNode(node) => format!("没有名为“{node}”的节点"),
            Self::MissingOutlet(name) => format!("出口“{name}”必须连接到一个节点"),
            Self::UnknownOutlet(name) => format!("这种节点没有出口“{name}”"),
            Self::Unreachable => "没有任何路径通向这里".to_owned(),
            Self::Loop => "处于一个没有等待的死循环中".to_owned(),
            Self::BadDigits(text) => format!("“{text}”只能由 0-9、* 和 # 组成"),
            Self::UnknownLanguage(language) => format!("没有语言“{language}”的语音"),
            Self::UnknownPrompt(id, language) => format!("语言“{language}”中没有语音“{id}”"),
            Self::UnknownQueue(name) => format!("没有名为“{name}”的队列"),
            Self::UnknownAgent(number) => format!("没有工号为“{number}”的座席"),
            Self::UnknownMusic(name) => format!("没有名为“{name}”的音乐"),
            Self::UnknownFlow(name) => format!("没有名为“{name}”的流程"),
            Self::UnknownSecret(name) => format!("没有名为“{name}”的密钥"),
            Self::UnknownDatabase(name) => format!("没有名为“{name}”的数据库连接"),
            Self::NoSelect => "必须是一条不带分号的 SELECT 语句".to_owned(),
            Self::QuotedExpression => "表达式写在了引号或注释里；请直接书写，其结果会作为参数绑定".to_owned(),
            Self::SecretNotHere => "密钥只能用在请求头里".to_owned(),
            Self::UnknownSetting(name) => format!("没有名为“{name}”的设置项"),
            Self::NoVariable(name) => format!("“${name}”不能作为变量名"),
            Self::NotSayable(text, form) => format!("“{text}”不能这样播报，请写成 {form} 的样子"),
            Self::OutOfRange(low, high) => format!("必须在 {low} 到 {high} 之间"),
            Self::Empty => "不能为空".to_owned(),
            Self::Endless => "播放永不结束，请设置 max_s".to_owned(),
            Self::BadTime(text) => format!("“{text}”不是日期或时间，请写成 2026-10-01 或 09:00"),
            Self::TooLong(most) => format!("超过 {most} 个字"),
            Self::Expression { line, column, why } => format!("第 {line} 行第 {column} 列：{why}"),
            Self::OpenTemplate => "“{{”缺少对应的“}}”".to_owned(),
            Self::BadPath(why) => format!("JSONPath 有误：{why}"),
            Self::BadUrl => "必须以 https:// 或 http:// 和不含表达式的主机名开头".to_owned(),
            Self::BadHeader => "不是流程可以设置的请求头".to_owned(),
            Self::Either(one, other) => format!("“{one}”与“{other}”只能填一个"),
            Self::TooBig(most) => format!("节点超过 {most} 个"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}
