import type { components } from "./schema";

type Schemas = components["schemas"];

export type ErrorBody = Schemas["ErrorBody"];
export type LoginRequest = Schemas["LoginRequest"];
export type LoginResponse = Schemas["LoginResponse"];
export type Permission = Schemas["Permission"];
export type Title = Schemas["Title"];
export type Tenant = Schemas["Tenant"];
export type Me = Schemas["Me"];
export type AgentStateName = Schemas["AgentStateName"];
export type AgentStateChange = Schemas["AgentStateChange"];
export type AgentState = Schemas["AgentState"];
export type LiveAgent = Schemas["LiveAgent"];
export type Direction = Schemas["Direction"];
export type LiveInteractionState = Schemas["LiveInteractionState"];
export type LiveInteraction = Schemas["LiveInteraction"];
export type LiveQueue = Schemas["LiveQueue"];
export type LiveSnapshot = Schemas["LiveSnapshot"];
export type Alarm = Schemas["Alarm"];
export type LiveAlert = Schemas["LiveAlert"];
export type AlertEntry = Schemas["AlertEntry"];
export type AlertPage = Schemas["AlertPage"];
export type LiveTeam = Schemas["LiveTeam"];
export type Capacity = Schemas["Capacity"];
export type LiveEvent = Schemas["Event"];
/** An order to a call that goes on. */
export type CallAction = Schemas["CallAction"];
/** Where an agent's calls go when the agent doesn't take them. */
export type Forwarding = Schemas["Forwarding"];
/** How a supervisor takes part in a call. */
export type SupervisionMode = Schemas["SupervisionMode"];
export type Outcome = Schemas["Outcome"];
export type EndedBy = Schemas["EndedBy"];
export type Interaction = Schemas["Interaction"];
export type InteractionPage = Schemas["InteractionPage"];
export type InteractionDetail = Schemas["InteractionDetail"];
export type Leg = Schemas["Leg"];
export type LegMedia = Schemas["LegMedia"];
export type TraceStep = Schemas["TraceStep"];
export type Decision = Schemas["Decision"];
export type Decisions = Schemas["Decisions"];
export type FullDecision = Decisions["items"][number];
/** How long customers were told to wait, and how long they did. */
export type HonestyReport = Schemas["HonestyReport"];
/** A stretch of a wait, and what held the customer up. */
export type WaitSpan = InteractionDetail["waits"][number];
/** How long a customer was to wait, and did. */
export type WaitPromise = NonNullable<InteractionDetail["promises"]>[number];
export type Segment = Schemas["Segment"];
export type Recording = Schemas["Recording"];
export type SipMessage = Schemas["SipMessage"];
export type Disposition = Schemas["Disposition"];
export type DispositionChange = Schemas["DispositionChange"];
export type DispositionChoices = Schemas["DispositionChoices"];
export type SurveyAnswer = Schemas["SurveyAnswer"];
export type WrapUp = Schemas["WrapUp"];
export type Callback = Schemas["Callback"];
export type CallbackNews = Schemas["CallbackNews"];
export type CallbackStatus = Schemas["CallbackStatus"];
export type CallbackPage = Schemas["CallbackPage"];
export type CallbackSummary = Schemas["CallbackSummary"];
export type Voicemail = Schemas["Voicemail"];
export type VoicemailStatus = Schemas["VoicemailStatus"];
export type VoicemailPage = Schemas["VoicemailPage"];
export type Peaks = Schemas["Peaks"];
/** What an agent did within a time. */
export type AgentDay = Schemas["AgentDay"];
/** Where a caller's number belongs. */
export type PlaceCard = Schemas["CallerCard"];
/** What a centre takes, and what came to it. */
export type PlanRequest = Schemas["PlanRequest"];
export type PlanCurve = Schemas["PlanCurve"];
export type PlanBasis = Schemas["PlanBasis"];
export type SitePlan = Schemas["SitePlan"];
/** What a day would be under other settings. */
export type Rehearsals = Schemas["Rehearsals"];
export type RehearsalRequest = Schemas["RehearsalRequest"];
export type RehearsalSource = Schemas["RehearsalSource"];
export type RehearsalJob = Schemas["RehearsalJob"];
export type RehearsalResult = Schemas["RehearsalResult"];
export type RehearsalDifference = Schemas["RehearsalDifference"];
export type RehearsedDay = Schemas["RehearsedDay"];
export type RehearsedNowhere = Schemas["RehearsedNowhere"];
export type RehearsedFigures = Schemas["RehearsedFigures"];
export type Replays = Schemas["Replays"];
export type ReplayRequest = Schemas["ReplayRequest"];
export type ReplayJob = Schemas["ReplayJob"];
export type ReplayResult = Schemas["ReplayResult"];
export type ReplayedDay = Schemas["ReplayedDay"];
export type ReplayedCall = Schemas["ReplayedCall"];
/** Figures of a time, by what was asked for. */
export type Report = Schemas["Report"];
export type ReportLine = Schemas["ReportLine"];
/** A report that somebody keeps under a name. */
export type ReportView = Schemas["ReportViewItem"];
/** Live figures and reports that a person composes on one page. */
export type Dashboard = Schemas["DashboardItem"];
export type DashboardWish = Schemas["DashboardWish"];
export type Tile = Schemas["Tile"];
export type TileContent = Schemas["TileContent"];
export type NowFigure = Schemas["NowFigure"];
export type ReportViewWish = Schemas["ReportViewWish"];
export type ReportSubject = Schemas["ReportSubject"];
/** One thing for one recipient, by mail or webhook. */
export type Delivery = Schemas["Delivery"];
export type DeliveryStatus = Schemas["DeliveryStatus"];
export type DeliveryPage = Schemas["DeliveryPage"];
export type ReportSchedule = Schemas["ReportSchedule"];
export type ReportSchedules = Schemas["ReportSchedules"];
export type ScheduleRan = Schemas["ScheduleRan"];
export type MailTried = Schemas["MailTried"];
export type PhoneCredentials = Schemas["PhoneCredentials"];
export type DispositionChoice = Schemas["DispositionChoice"];
export type Unfinished = Schemas["Unfinished"];
export type Weakness = Schemas["Weakness"];
export type PasswordCheck = Schemas["PasswordCheck"];
export type PasswordVerdict = Schemas["PasswordVerdict"];
export type Session = Schemas["Session"];
export type Sessions = Schemas["Sessions"];
export type SecondFactorSecret = Schemas["SecondFactorSecret"];
export type RecoveryCodes = Schemas["RecoveryCodes"];
export type OneTimePassword = Schemas["OneTimePassword"];
export type Setup = Schemas["Setup"];
