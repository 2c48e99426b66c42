//! What can go wrong with a request: one code each, one status and one sentence per language for each code.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use center::Refused;
use resource::{ChangeError, Problem, What};

use crate::backend::Trouble;
use crate::language::Language;

/// Why a request was refused. Stable: programs decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    BadValue,
    UnknownField,
    UnknownParameter,
    MissingField,
    TooFewDigits,
    LeadsNowhere,
    DoNotCall,
    Unauthorized,
    BadCredentials,
    TotpRequired,
    BadTotp,
    WrongPassword,
    WeakPassword,
    PasswordChangeRequired,
    SecondFactorSetUpRequired,
    LinkExpired,
    AlreadySetUp,
    TooManyAttempts,
    Forbidden,
    CrossOrigin,
    NotFound,
    MethodNotAllowed,
    NoPhone,
    NotInWrapUp,
    Limit,
    WrongState,
    Busy,
    UnknownNumber,
    NoLine,
    NoRemoteAnswer,
    TooMany,
    BadSetting,
    Conflict,
    Exists,
    InUse,
    LastAdministrator,
    Expired,
    TooLarge,
    NotJson,
    BadRange,
    UnknownSound,
    DamagedSound,
    LongSound,
    SilentSound,
    NoSpeech,
    TooManyStreams,
    JobRuns,
    Unavailable,
    Internal,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::BadValue => "bad_value",
            Self::UnknownField => "unknown_field",
            Self::UnknownParameter => "unknown_parameter",
            Self::MissingField => "missing_field",
            Self::TooFewDigits => "too_few_digits",
            Self::LeadsNowhere => "leads_nowhere",
            Self::Unauthorized => "unauthorized",
            Self::BadCredentials => "bad_credentials",
            Self::TotpRequired => "totp_required",
            Self::BadTotp => "bad_code",
            Self::WrongPassword => "wrong_password",
            Self::WeakPassword => "weak_password",
            Self::PasswordChangeRequired => "password_change_required",
            Self::SecondFactorSetUpRequired => "second_factor_set_up_required",
            Self::LinkExpired => "link_expired",
            Self::AlreadySetUp => "already_set_up",
            Self::TooManyAttempts => "too_many_attempts",
            Self::Forbidden => "forbidden",
            Self::CrossOrigin => "cross_origin",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NoPhone => "no_phone",
            Self::NotInWrapUp => "not_in_wrap_up",
            Self::Limit => "limit",
            Self::WrongState => "wrong_state",
            Self::Busy => "busy",
            Self::DoNotCall => "do_not_call",
            Self::UnknownNumber => "unknown_number",
            Self::NoLine => "no_line",
            Self::NoRemoteAnswer => "no_remote_answer",
            Self::TooMany => "too_many",
            Self::BadSetting => "bad_setting",
            Self::Conflict => "conflict",
            Self::Exists => "exists",
            Self::InUse => "in_use",
            Self::LastAdministrator => "last_administrator",
            Self::Expired => "expired",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::UnknownSound => "unknown_sound",
            Self::DamagedSound => "damaged_sound",
            Self::LongSound => "long_sound",
            Self::SilentSound => "silent_sound",
            Self::NoSpeech => "no_speech",
            Self::BadRange => "bad_range",
            Self::TooManyStreams => "too_many_streams",
            Self::JobRuns => "job_runs",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest
            | Self::BadValue
            | Self::UnknownField
            | Self::UnknownParameter
            | Self::MissingField
            | Self::TooFewDigits
            | Self::LeadsNowhere
            | Self::BadTotp
            | Self::WrongPassword
            | Self::WeakPassword
            | Self::UnknownSound
            | Self::DamagedSound
            | Self::LongSound
            | Self::SilentSound
            | Self::BadSetting => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::BadCredentials | Self::TotpRequired => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts | Self::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden | Self::CrossOrigin | Self::PasswordChangeRequired | Self::SecondFactorSetUpRequired => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoPhone
            | Self::NotInWrapUp
            | Self::Limit
            | Self::WrongState
            | Self::Busy
            | Self::DoNotCall
            | Self::UnknownNumber
            | Self::NoLine
            | Self::NoRemoteAnswer
            | Self::TooMany
            | Self::JobRuns
            | Self::Conflict
            | Self::Exists
            | Self::InUse
            | Self::AlreadySetUp
            | Self::LastAdministrator => StatusCode::CONFLICT,
            Self::Expired | Self::LinkExpired => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BadRange => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::NoSpeech | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a person reads, in Chinese and in English.
    const fn messages(self) -> (&'static str, &'static str) {
        match self {
            Self::BadRequest => ("请求格式不正确", "The request is malformed"),
            Self::BadValue => ("该字段的值无效", "The value of this field is not valid"),
            Self::UnknownField => ("请求中有未知字段", "The request has a field that is not known"),
            Self::UnknownParameter => ("请求中有未知参数", "The request has a parameter that is not known"),
            Self::MissingField => ("缺少必填字段", "A required field is missing"),
            Self::TooFewDigits => ("请至少输入号码的三位", "Give at least three digits of the number"),
            Self::LeadsNowhere => ("该坐席的来电无法转到这里", "The agent's calls can't be led on to there"),
            Self::Unauthorized => ("请先登录", "Sign in first"),
            Self::BadCredentials => ("用户名或密码错误", "The user name or the password is wrong"),
            Self::TotpRequired => ("请输入身份验证器中的验证码", "Enter the code of your authenticator app"),
            Self::BadTotp => ("验证码不正确或已使用过", "The code is wrong or was used before"),
            Self::WrongPassword => ("当前密码不正确", "The current password is wrong"),
            Self::WeakPassword => ("密码不符合安全要求", "The password is not good enough"),
            Self::PasswordChangeRequired => ("请先修改密码", "Choose a new password first"),
            Self::SecondFactorSetUpRequired => ("请先设置两步验证", "Set up the second factor first"),
            Self::AlreadySetUp => ("已经设置过了，请先停用", "There is one already; turn it off first"),
            Self::LinkExpired => (
                "设置链接已使用或已过期，请重启服务获取新的链接",
                "The set-up link was used or has expired; restart the server for a new one",
            ),
            Self::TooManyAttempts => ("失败次数过多，请稍后再试", "Too many failed attempts; try again later"),
            Self::Forbidden => ("您没有此项权限", "You are not permitted to do this"),
            Self::CrossOrigin => ("请求来自其他网站，已拒绝", "The request comes from another site and was refused"),
            Self::NotFound => ("未找到", "Not found"),
            Self::MethodNotAllowed => ("此地址不支持该方法", "This address does not take that method"),
            Self::NoPhone => ("该坐席没有已注册的话机", "No telephone of this agent is registered"),
            Self::NotInWrapUp => ("坐席不在话后处理状态", "The agent is not in wrap-up"),
            Self::Limit => ("话后处理时间已达上限", "The wrap-up is as long as it may be"),
            Self::WrongState => {
                ("通话当前状态下无法执行此操作", "The call is not in a state in which that can be done")
            }
            Self::Busy => ("对方正在通话中", "Whoever is to be called is on a call"),
            Self::DoNotCall => ("该号码在禁呼名单中，不能拨打", "The number is on the list of those not to be called"),
            Self::UnknownNumber => ("该号码无法接通，请检查号码", "The number leads to nobody; look at it again"),
            Self::NoLine => ("没有空闲的外线", "No line to the outside is free"),
            Self::NoRemoteAnswer => (
                "正在振铃的话机不支持远程接听，请在话机上接听",
                "The ringing phone cannot be answered remotely; answer at the phone",
            ),
            Self::TooMany => ("参与人数已达上限", "As many take part as may"),
            Self::BadSetting => ("设置无效", "The setting is not valid"),
            Self::Conflict => ("读取之后已被他人修改，请重新载入", "It has changed since it was read; load it anew"),
            Self::Exists => ("已存在", "It exists already"),
            Self::InUse => ("仍被其他设置引用", "Other settings refer to it"),
            Self::LastAdministrator => {
                ("至少要有一名可登录的管理员", "One administrator who can sign in has to remain")
            }
            Self::Expired => ("游标已过期，请重新获取快照", "The cursor has expired; begin again from a snapshot"),
            Self::TooLarge => ("请求内容过大", "The request is too large"),
            Self::NotJson => ("请求内容须为 JSON", "The body has to be JSON"),
            Self::UnknownSound => (
                "文件中没有可识别的音频；可用 WAV、MP3、FLAC、OGG 或 M4A",
                "The file holds no audio that is known; use WAV, MP3, FLAC, OGG or M4A",
            ),
            Self::DamagedSound => ("音频文件已损坏，无法解码", "The audio file is damaged and can't be decoded"),
            Self::LongSound => ("录音太长，最长 10 分钟", "The recording is too long; 10 minutes are the most"),
            Self::SilentSound => ("录音里没有声音", "Nothing is to be heard in the recording"),
            Self::NoSpeech => (
                "没有安装语音合成引擎；请在服务器上安装 espeak-ng",
                "No engine that speaks is installed; install espeak-ng on the server",
            ),
            Self::BadRange => ("请求的范围超出录音", "The range is outside of the recording"),
            Self::TooManyStreams => ("打开的事件流过多", "Too many event streams are open"),
            Self::JobRuns => {
                ("另一项任务正在运行，请等待其完成或先取消", "Another job runs; wait for its end, or stop it")
            }
            Self::Unavailable => ("服务暂不可用，请稍后再试", "The service is not available; try again in a moment"),
            Self::Internal => ("服务器内部错误", "Something went wrong in the server"),
        }
    }

    pub(crate) const fn message(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.messages().0,
            Language::English => self.messages().1,
        }
    }

    /// The code for an answer that the HTTP library has made by itself.
    pub(crate) const fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            413 => Self::TooLarge,
            415 => Self::NotJson,
            503 => Self::Unavailable,
            400..=499 => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// A refusal. The layer around all routes writes it, with the request's id and in the reader's language.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) field: Option<String>,
    pub(crate) retry_after_s: Option<u64>,
    /// Length of what a range was asked of, bytes.
    pub(crate) length: Option<u64>,
    /// What is wrong with settings.
    pub(crate) problems: Vec<Problem>,
}

/// What a route gives.
pub(crate) type Result<T, E = ApiError> = std::result::Result<T, E>;

impl ApiError {
    pub(crate) const fn new(code: Code) -> Self {
        Self { code, field: None, retry_after_s: None, length: None, problems: Vec::new() }
    }

    pub(crate) fn field(code: Code, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(code) }
    }

    pub(crate) const fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// Settings that are not taken: the first thing that is wrong says what it is.
    pub(crate) fn of_settings(problems: Vec<Problem>) -> Self {
        let code = match problems.first().map(|problem| &problem.what) {
            Some(What::Conflict) => Code::Conflict,
            Some(What::Exists) => Code::Exists,
            Some(What::InUse(..)) => Code::InUse,
            Some(What::LastAdministrator) => Code::LastAdministrator,
            Some(What::Absent) => Code::NotFound,
            Some(What::Fixed | What::BeyondRights) => Code::Forbidden,
            _ => Code::BadSetting,
        };
        let field = problems.first().map(|problem| problem.field.clone()).filter(|field| !field.is_empty());
        Self { field, problems, ..Self::new(code) }
    }

    /// Something of ours failed. The log says what; the caller does not learn it.
    pub(crate) fn internal(what: &'static str, error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, what, "a request failed");
        Self::new(Code::Internal)
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::BadCursor => Self::field(Code::BadValue, "cursor"),
            store::Error::TooFewDigits(_) => Self::field(Code::TooFewDigits, "number"),
            other if other.is_retryable() => {
                tracing::error!(error = %other, "the store failed");
                Self::new(Code::Unavailable)
            }
            other => Self::internal("store", &other),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NoTenant => Self::not_found(),
            ChangeError::Refused(problems) => Self::of_settings(problems),
            ChangeError::Store(error) => error.into(),
            ChangeError::Unavailable => {
                tracing::error!("changed settings are saved, but calls do not go by them");
                Self::new(Code::Unavailable)
            }
            ChangeError::Thread(error) => Self::internal("settings", &error),
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        if let Trouble::Refused(Refused::Nowhere(why)) = trouble {
            return Self::field(Code::LeadsNowhere, why.as_str());
        }
        if let Trouble::Refused(Refused::DoNotCall(why)) = trouble {
            return Self::field(Code::DoNotCall, why.as_str());
        }
        Self::new(match trouble {
            Trouble::Refused(Refused::DoNotCall(_)) => Code::DoNotCall,
            Trouble::Refused(Refused::NotFound) => Code::NotFound,
            Trouble::Refused(Refused::Nowhere(_)) => Code::LeadsNowhere,
            Trouble::Refused(Refused::NoPhone) => Code::NoPhone,
            Trouble::Refused(Refused::NotInWrapUp) => Code::NotInWrapUp,
            Trouble::Refused(Refused::Limit) => Code::Limit,
            Trouble::Refused(Refused::NotOnCall) => Code::Forbidden,
            Trouble::Refused(Refused::WrongState) => Code::WrongState,
            Trouble::Refused(Refused::Busy) => Code::Busy,
            Trouble::Refused(Refused::NoSuchNumber) => Code::UnknownNumber,
            Trouble::Refused(Refused::NoLine) => Code::NoLine,
            Trouble::Refused(Refused::NoRemoteAnswer) => Code::NoRemoteAnswer,
            Trouble::Refused(Refused::TooMany) => Code::TooMany,
            Trouble::Refused(Refused::Draining) => Code::Unavailable,
            Trouble::Unavailable => Code::Unavailable,
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
