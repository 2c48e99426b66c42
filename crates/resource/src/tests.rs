//! Rows and books say the same, and what is wrong is named.

use std::collections::BTreeMap;

use directory::{Ha1, Permission, Permissions, Tenant};
use serde_json::{Value, json};
use store::Store;
use types::{Private, TenantId};

use crate::{
    Action, Edit, Expect, Kind, Known, Plan, Problem, Request, Resource, Rows, SecretFailed, Secrets, What, Wish, plan,
};

/// Secrets that can be read, for tests.
struct Open;

impl Secrets for Open {
    fn password(&self, password: &str) -> Result<Private<String>, SecretFailed> {
        Ok(format!("hash of {password}").into())
    }

    fn is_password(&self, password: &str, hash: &str) -> bool {
        hash == format!("hash of {password}")
    }

    fn device(&self, name: &str, realm: &str, secret: &str) -> Ha1 {
        let ha1 = |by: &str| Private::new(format!("{by}:{name}:{realm}:{secret}").as_str().into());
        Ha1 { md5: ha1("md5"), sha256: ha1("sha256") }
    }
}

/// A flow that plays this.
fn speaks(prompt: Value) -> Value {
    let nodes = json!({"say": {"kind": "play", "prompt": prompt, "max_s": 5}});
    json!({"definition": {"version": 1, "id": "new", "name": "N", "language": "zh", "start": "say", "nodes": nodes}})
}

/// A flow that rings there.
fn rings(target: &str) -> Value {
    let nodes = json!({"ring": {"kind": "transfer", "target": target}});
    json!({"definition": {"version": 1, "id": "new", "name": "N", "language": "zh", "start": "ring", "nodes": nodes}})
}

struct Bench {
    rows: Rows,
    ids: u64,
    /// Of whoever asks.
    rights: Permissions,
}

fn put(kind: Kind, name: &str, spec: Value) -> Edit {
    Edit { kind, name: name.into(), expect: Expect::Any, wish: Wish::Put(spec) }
}

fn delete(kind: Kind, name: &str) -> Edit {
    Edit { kind, name: name.into(), expect: Expect::Any, wish: Wish::Delete }
}

fn empty() -> Bench {
    let tenant =
        Tenant { id: TenantId(9), name: "acme".into(), title: "Acme".into(), demo: false, utc_offset_min: 480 };
    Bench { rows: Rows::new(tenant), ids: 100, rights: Permissions::all() }
}

fn menu(queue: &str) -> Value {
    json!({
        "version": 1, "id": "menu", "name": "Menu", "language": "zh", "start": "wait",
        "nodes": {
            "wait": {"kind": "queue", "queue": queue, "outlets": {"too_long": "end", "full": "end", "no_agent": "end"}},
            "end": {"kind": "hangup"}
        }
    })
}

impl Bench {
    fn think(&mut self, edits: Vec<Edit>, prune: bool) -> Result<Plan, Vec<Problem>> {
        let ids = &mut self.ids;
        let fresh = &mut || {
            *ids += 1;
            *ids
        };
        let request = Request { edits, prune, rights: self.rights };
        plan(&self.rows, &request, Known { given: &BTreeMap::new(), secrets: &Open, fresh })
    }

    /// Takes a change that has to work; the lines of what it did.
    fn change(&mut self, edits: Vec<Edit>) -> Vec<String> {
        let plan = self.think(edits, false).unwrap();
        self.rows = plan.rows;
        let line = |c: &crate::Change| format!("{} {} {} {}", c.action.as_str(), c.kind, c.name, c.fields.join(","));
        plan.changes.iter().map(|c| line(c).trim_end().to_owned()).collect()
    }

    fn refused(&mut self, edits: Vec<Edit>) -> Vec<String> {
        let before = self.rows.clone();
        let problems = self.think(edits, false).unwrap_err();
        assert_eq!(self.rows, before);
        problems.iter().map(|p| format!("{} {} {} {}", p.kind, p.name, p.field, p.what.code())).collect()
    }

    fn centre() -> Self {
        let mut bench = empty();
        bench.change(whole());
        bench
    }
}

/// One of everything, in an order in which references come before what they refer to.
fn whole() -> Vec<Edit> {
    vec![
        put(Kind::Number, "95001", json!({"target": {"flow": "menu"}})),
        put(Kind::Number, "95002", json!({"target": {"queue": "sales"}})),
        put(Kind::Number, "95003", json!({"target": {"agent": "1001"}})),
        put(Kind::Flow, "menu", json!({"title": {"zh": "菜单"}, "definition": menu("sales")})),
        put(
            Kind::Queue,
            "sales",
            json!({"number": "800", "wrap_up_s": 10, "caller_id": "95001", "members": ["1002", "1001"],
            "overflow": [{"after_s": 60, "team": "first"}]}),
        ),
        put(
            Kind::Threshold,
            "waiting",
            json!({"title": {"zh": "排队过多"}, "measure": "waiting", "queues": ["sales"], "warning": 5, "critical": 10}),
        ),
        put(Kind::Route, "any", json!({"trunks": ["backup", "carrier"]})),
        put(
            Kind::MailServer,
            "default",
            json!({"host": "mx.example.com", "username": "acme", "password": "tiger", "from": "acme@example.com"}),
        ),
        put(
            Kind::ReportSchedule,
            "monday",
            json!({"repeat": "weekly", "at": "07:30", "recipients": ["wang@example.com"]}),
        ),
        put(
            Kind::AlertSubscription,
            "night",
            json!({"url": "https://hooks.example.com/a", "secret": "a long secret", "quiet_from": "22:00", "quiet_to": "07:00"}),
        ),
        put(Kind::Route, "010", json!({"trunks": ["carrier"], "caller_id": "95002"})),
        put(
            Kind::Trunk,
            "carrier",
            json!({"accept_from": ["192.0.2.0/24", "198.51.100.7"], "send_to": "sip:192.0.2.1",
            "username": "acme", "secret": "s", "number_format": "e164",
            "number_rules": [{"prefix": "+8621", "strip": 5, "prepend": "9"}], "caller_ids": ["+8695001", "95002"],
            "pass_caller": true, "max_cps": 5, "probe_s": 30}),
        ),
        put(Kind::Trunk, "backup", json!({"send_to": "sip:backup.example:5062;transport=tcp"})),
        put(
            Kind::Database,
            "orders",
            json!({"host": "db.example.com", "database": "shop", "user": "reader", "secret": "crm", "tls": "require"}),
        ),
        put(Kind::Secret, "crm", json!({"value": "open sesame"})),
        put(Kind::Device, "1001", json!({"agent": "1001", "secret": "tiger-12345"})),
        put(Kind::Team, "first", json!({"agents": ["1001"], "supervisors": ["wang"]})),
        put(Kind::Role, "trainer", json!({"title": {"zh": "培训"}, "permissions": ["recordings.listen"]})),
        put(Kind::User, "wang", json!({"roles": ["admin", "trainer"], "password": "plum tree 77"})),
        put(Kind::User, "li", json!({"roles": ["agent"], "agent": "1001"})),
        put(
            Kind::Agent,
            "1001",
            json!({"display_name": "李雷", "caller_id": "anonymous",
            "routing": {"skills": {"english": 7}, "order": 2, "weight": 3}}),
        ),
        put(Kind::Agent, "1002", json!({"display_name": "手机", "address": "setting:mobile"})),
        put(Kind::Disposition, "solved", json!({"title": {"zh": "已解决", "en": "Solved"}, "place": 1})),
        put(Kind::Setting, "mobile", json!({"value": "sip:1@192.0.2.9"})),
        put(Kind::Setting, "dialplan.area_code", json!({"value": "010"})),
        put(Kind::Setting, "dialplan.outside_prefix", json!({"value": "9"})),
        put(Kind::Tenant, "acme", json!({"title": "Acme Ltd"})),
    ]
}

fn as_edits(bench: &Bench) -> Vec<Edit> {
    let all = Resource::all(&bench.rows.book().unwrap());
    all.into_iter().map(|r| put(r.kind, &r.name, r.spec)).collect()
}

#[test]
fn what_is_exported_and_taken_again_changes_nothing() {
    let mut bench = Bench::centre();
    let edits = as_edits(&bench);
    assert_eq!(edits.len(), whole().len());
    assert_eq!(bench.change(edits), Vec::<String>::new());
    assert_eq!(bench.change(whole()), Vec::<String>::new(), "nor does the same with its secrets");
}

#[test]
fn a_centre_built_from_an_export_says_the_same() {
    let bench = Bench::centre();
    let mut other = empty();
    other.change(as_edits(&bench));
    assert_eq!(Resource::all(&other.rows.book().unwrap()), Resource::all(&bench.rows.book().unwrap()));
}

#[test]
fn ids_stay_when_contents_change() {
    let mut bench = Bench::centre();
    let before = bench.rows.clone();
    let lines = bench.change(vec![
        put(
            Kind::Queue,
            "sales",
            json!({"number": "800", "wrap_up_s": 20, "caller_id": "95001", "members": ["1001"],
            "overflow": [{"after_s": 60, "team": "first"}]}),
        ),
        put(
            Kind::Agent,
            "1001",
            json!({"display_name": "李雷雷", "caller_id": "anonymous",
            "routing": {"skills": {"english": 7}, "order": 2, "weight": 3}}),
        ),
    ]);
    assert_eq!(lines, ["update agent 1001 display_name", "update queue sales members,wrap_up_s"]);
    assert_eq!(bench.rows.queues[0].id, before.queues[0].id);
    assert_eq!(bench.rows.agents[0].id, before.agents[0].id);
    assert_eq!(bench.rows.members.len(), 1);
    assert_eq!((&bench.rows.devices, &bench.rows.numbers), (&before.devices, &before.numbers));
}

#[test]
fn secrets_stay_unless_they_are_set_or_cleared() {
    let mut bench = Bench::centre();
    let hash = |bench: &Bench| {
        let user = bench.rows.users.iter().find(|u| &*u.user.username == "wang").unwrap();
        user.password_hash.reveal().clone()
    };
    let user = |more: Value| {
        let mut spec = json!({"roles": ["admin"]});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        vec![
            put(Kind::User, "wang", spec),
            put(Kind::User, "root", json!({"roles": ["admin"], "password": "walnut tree 4"})),
        ]
    };
    bench.change(user(json!({})));
    assert_eq!(hash(&bench), "hash of plum tree 77");
    assert_eq!(bench.change(user(json!({"password": "cherry tree 8"}))), ["update user wang password"]);
    assert_eq!(hash(&bench), "hash of cherry tree 8");
    assert_eq!(bench.change(user(json!({"password": null}))), ["update user wang password"]);
    assert_eq!(hash(&bench), "");
    let revision = |bench: &Bench| bench.rows.book().unwrap()[&(Kind::Device, "1001".to_owned())].revision();
    let before = revision(&bench);
    bench.change(vec![put(Kind::Device, "1001", json!({"agent": "1001", "secret": "lion-678901"}))]);
    assert_ne!(revision(&bench), before, "a new secret is a new revision");
    let crm = |spec: Value| vec![put(Kind::Secret, "crm", spec)];
    assert_eq!(bench.change(crm(json!({}))), Vec::<String>::new());
    assert_eq!(bench.change(crm(json!({"value": "open sesame"}))), Vec::<String>::new());
    assert_eq!(bench.rows.secrets[0].value.reveal(), "open sesame");
    assert_eq!(bench.change(crm(json!({"value": "close barley"}))), ["update secret crm value"]);
    assert_eq!(bench.rows.secrets[0].value.reveal(), "close barley");
    let shown =
        format!("{:?}", bench.rows.book().unwrap().values().map(|entry| entry.spec.to_json()).collect::<Vec<_>>());
    assert!(!shown.contains("barley"), "a secret is never shown");
}

#[test]
fn whose_mailbox_a_published_flow_names_stays_and_the_node_is_told() {
    let mut bench = Bench::centre();
    let takes = |mailbox: &str| {
        let nodes = json!({"box": {"kind": "voicemail", "mailbox": mailbox}});
        let definition = json!({
            "version": 1, "id": "night", "name": "Night", "language": "zh", "start": "box", "nodes": nodes
        });
        put(Kind::Flow, "night", json!({"definition": definition}))
    };
    bench.change(vec![put(Kind::Agent, "1009", json!({"display_name": "Gu"})), put(Kind::Queue, "night", json!({}))]);
    bench.change(vec![takes("agent:1009")]);
    let told = |bench: &mut Bench, kind, name: &str| -> Vec<String> {
        let problems = bench.think(vec![delete(kind, name)], false).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told(&mut bench, Kind::Agent, "1009"),
        ["agent 1009: flow `night` refers to it (definition.nodes.box.mailbox)"]
    );
    // With the flow, or once it names another, it goes.
    bench.think(vec![delete(Kind::Agent, "1009"), delete(Kind::Flow, "night")], false).unwrap();
    bench.change(vec![takes("queue:night"), delete(Kind::Agent, "1009")]);
    assert_eq!(
        told(&mut bench, Kind::Queue, "night"),
        ["queue night: flow `night` refers to it (definition.nodes.box.mailbox)"]
    );
}

#[test]
fn a_reference_must_lead_somewhere_and_what_is_referred_to_stays() {
    let mut bench = Bench::centre();
    for (edit, problem) in [
        (put(Kind::Queue, "vip", json!({"members": ["1001", "1009"]})), "queue vip members[1] not_found"),
        (put(Kind::Number, "95009", json!({"target": {"queue": "vip"}})), "number 95009 target.queue not_found"),
        (put(Kind::Route, "9", json!({"trunks": ["none"]})), "route 9 trunks[0] not_found"),
        (put(Kind::User, "han", json!({"roles": [], "agent": "7"})), "user han agent not_found"),
        (put(Kind::Flow, "menu", json!({"definition": menu("vip")})), "flow menu definition flow"),
        (put(Kind::Flow, "new", speaks(json!("no_such_prompt"))), "flow new definition flow"),
        (put(Kind::Flow, "new", speaks(json!({"music": "jazz"}))), "flow new definition flow"),
        (put(Kind::Flow, "new", rings("agent:7001")), "flow new definition flow"),
        (delete(Kind::Role, "trainer"), "role trainer  in_use"),
        (delete(Kind::Trunk, "backup"), "trunk backup  in_use"),
        (delete(Kind::Flow, "menu"), "flow menu  in_use"),
        (delete(Kind::Setting, "mobile"), "setting mobile  in_use"),
        (delete(Kind::Tenant, "acme"), "tenant acme  fixed"),
        (delete(Kind::Queue, "none"), "queue none  absent"),
        (put(Kind::Tenant, "other", json!({"title": "x"})), "tenant other  fixed"),
    ] {
        assert_eq!(bench.refused(vec![edit]), [problem]);
    }
    let uses = bench.think(vec![delete(Kind::Queue, "sales")], false).unwrap_err();
    let named: Vec<_> = uses.iter().filter_map(|p| p.what.other()).collect();
    assert_eq!(named, [(Kind::Flow, "menu"), (Kind::Threshold, "waiting"), (Kind::Number, "95002")]);
    let together = vec![
        delete(Kind::Threshold, "waiting"),
        delete(Kind::Queue, "sales"),
        delete(Kind::Flow, "menu"),
        delete(Kind::Number, "95001"),
        delete(Kind::Number, "95002"),
    ];
    assert_eq!(bench.change(together).len(), 5, "all of them may go at once");
    assert!(bench.rows.members.is_empty() && bench.rows.flows.is_empty());
}

#[test]
fn values_that_make_no_sense_are_named() {
    let mut bench = Bench::centre();
    for (edit, problem) in [
        (put(Kind::Queue, "Sales", json!({})), "queue Sales name bad_format"),
        (put(Kind::Queue, "a", json!({"wrap_up_s": 3601})), "queue a wrap_up_s out_of_range"),
        (put(Kind::Queue, "a", json!({"ring_timeout_s": 0})), "queue a ring_timeout_s out_of_range"),
        (put(Kind::Queue, "a", json!({"ageing": -0.5})), "queue a ageing out_of_range"),
        (put(Kind::Queue, "a", json!({"number": "800"})), "queue sales number taken"),
        (put(Kind::Queue, "a", json!({"members": ["1001", "1001"]})), "queue a members[1] twice"),
        (put(Kind::Queue, "a", json!({"utc_offset_min": 470})), "queue a utc_offset_min bad_format"),
        (put(Kind::Queue, "a", json!({"max_wait_s": 0})), "queue a max_wait_s out_of_range"),
        (put(Kind::User, "a", json!({"roles": ["boss"]})), "user a roles[0] not_found"),
        (put(Kind::User, "a", json!({"roles": [], "password": "tr1vi4l x"})), "user a password weak"),
        (put(Kind::User, "a", json!({"roles": ["Boss"]})), "user a roles[0] bad_format"),
        (put(Kind::Role, "admin", json!({})), "role admin name built_in"),
        (put(Kind::Role, "trainer", json!({"permissions": ["fly"]})), "role trainer permissions[0] none_of"),
        (put(Kind::Setting, "call.longest_s", json!({"value": 5})), "setting call.longest_s value out_of_range"),
        (put(Kind::Queue, "a", json!({"number": "12a"})), "queue a number bad_format"),
        (put(Kind::Setting, "auth.password_min", json!({"value": 3})), "setting auth.password_min value out_of_range"),
        (put(Kind::Agent, "1", json!({"display_name": " "})), "agent 1 display_name missing"),
        (put(Kind::Agent, "1", json!({"display_name": "x", "address": "13800138000"})), "agent 1 address bad_format"),
        (put(Kind::Trunk, "a", json!({"accept_from": ["192.0.2.0/33"]})), "trunk a accept_from[0] bad_format"),
        (put(Kind::Trunk, "a", json!({"send_to": "carrier.example"})), "trunk a send_to bad_format"),
        (put(Kind::Trunk, "a", json!({"secret": "x"})), "trunk a username missing"),
        (put(Kind::Trunk, "a", json!({"number_format": "x"})), "trunk a number_format none_of"),
        (put(Kind::Trunk, "a", json!({"probe_s": 1})), "trunk a probe_s out_of_range"),
        (put(Kind::Trunk, "a", json!({"caller_ids": ["me"]})), "trunk a caller_ids[0] bad_format"),
        (
            put(Kind::Trunk, "a", json!({"number_rules": [{"prefix": "0", "strip": 2}]})),
            "trunk a number_rules[0] bad_format",
        ),
        (put(Kind::Route, "0", json!({"trunks": ["backup"], "caller_id": "95588"})), "route 0 caller_id not_ours"),
        (put(Kind::Setting, "dialplan.area_code", json!({"value": 10})), "setting dialplan.area_code value bad_format"),
        (
            put(Kind::Setting, "routing.priority", json!({"value": "caller:1380*=500, vip:1=5"})),
            "setting routing.priority value[1] bad_format",
        ),
        (
            put(Kind::Setting, "calls.do_not_call", json!({"value": "95533, 139=because"})),
            "setting calls.do_not_call value[1] bad_format",
        ),
        (put(Kind::Route, "0", json!({"trunks": []})), "route 0 trunks missing"),
        (put(Kind::Setting, "sip.digest", json!({"value": "sha1"})), "setting sip.digest value none_of"),
        (put(Kind::Flow, "other", json!({"definition": menu("sales")})), "flow other definition.id none_of"),
        (put(Kind::Threshold, "t", json!({"measure": "waiting"})), "threshold t warning missing"),
        (put(Kind::Threshold, "t", json!({"measure": "waiting", "warning": 0})), "threshold t warning out_of_range"),
        (
            put(Kind::Threshold, "t", json!({"measure": "waiting", "warning": 5, "critical": 4})),
            "threshold t critical out_of_range",
        ),
        (
            put(Kind::Threshold, "t", json!({"measure": "service_level", "warning": 70, "critical": 80})),
            "threshold t critical out_of_range",
        ),
        (put(Kind::Threshold, "t", json!({"measure": "load", "warning": 1})), "threshold t measure none_of"),
        (
            put(Kind::Threshold, "t", json!({"measure": "waiting", "warning": 1, "queues": ["vip"]})),
            "threshold t queues[0] not_found",
        ),
        (put(Kind::Number, "95001x", json!({"target": {"queue": "sales"}})), "number 95001x name bad_format"),
        (put(Kind::Disposition, "a", json!({"title": {"zh": "字".repeat(121)}})), "disposition a title.zh too_long"),
    ] {
        assert_eq!(bench.refused(vec![edit]), [problem]);
    }
    let twice = vec![put(Kind::Queue, "a", json!({})), put(Kind::Queue, "a", json!({}))];
    assert_eq!(bench.refused(twice), ["queue a name twice"]);
}

#[test]
fn a_lost_update_is_noticed() {
    let mut bench = Bench::centre();
    let revision = bench.rows.book().unwrap()[&(Kind::Queue, "sales".to_owned())].revision();
    let spec = json!({"number": "800", "members": ["1001"]});
    let edit = |expect| vec![Edit { expect, ..put(Kind::Queue, "sales", spec.clone()) }];
    assert_eq!(bench.refused(edit(Expect::Absent)), ["queue sales  exists"]);
    bench.change(edit(Expect::Revision(revision.clone())));
    assert_eq!(bench.refused(edit(Expect::Revision(revision.clone()))), ["queue sales  conflict"]);
    let other = vec![Edit { expect: Expect::Revision(revision), ..put(Kind::Queue, "vip", json!({})) }];
    assert_eq!(bench.refused(other), ["queue vip  absent"]);
}

#[test]
fn somebody_can_always_change_settings() {
    let mut bench = Bench::centre();
    for edit in [
        put(Kind::User, "wang", json!({"roles": ["supervisor"]})),
        put(Kind::User, "wang", json!({"roles": ["admin"], "disabled": true})),
        put(Kind::User, "wang", json!({"roles": ["admin"], "password": ""})),
    ] {
        assert_eq!(bench.refused(vec![edit]), ["user wang  last_administrator"]);
    }
    let another = put(Kind::User, "root", json!({"roles": ["admin"], "password": "walnut tree 4"}));
    bench.change(vec![another, put(Kind::User, "wang", json!({"roles": ["supervisor"]}))]);
}

#[test]
fn nobody_gives_or_takes_rights_beyond_the_own() {
    let mut bench = Bench::centre();
    bench.rights =
        [Permission::UsersWrite, Permission::SettingsWrite, Permission::RecordingsListen].into_iter().collect();
    let user = |name: &str, spec: Value| put(Kind::User, name, spec);
    let role = |name: &str, permission: &str| put(Kind::Role, name, json!({"permissions": [permission]}));
    for (edits, said) in [
        (vec![user("new", json!({"roles": ["admin"]}))], vec!["user new roles beyond_rights"]),
        (vec![user("li", json!({"roles": ["trainer", "admin"]}))], vec!["user li roles beyond_rights"]),
        (vec![user("wang", json!({"roles": ["trainer"]}))], vec!["user wang  beyond_rights"]),
        (
            vec![user("wang", json!({"roles": ["admin", "trainer"], "disabled": true}))],
            vec!["user wang  beyond_rights"],
        ),
        (vec![delete(Kind::User, "wang")], vec!["user wang  in_use", "user wang  beyond_rights"]),
        (vec![role("chief", "audit.read")], vec!["role chief permissions beyond_rights"]),
        (
            vec![role("chief", "audit.read"), user("new", json!({"roles": ["chief"]}))],
            vec!["role chief permissions beyond_rights", "user new roles beyond_rights"],
        ),
    ] {
        assert_eq!(bench.refused(edits), said);
    }
    // Neither the right password nor a wrong one of somebody above is told from the other.
    for password in ["plum tree 77", "plum tree 78"] {
        let spec = json!({"roles": ["admin", "trainer"], "password": password});
        assert_eq!(bench.refused(vec![user("wang", spec)]), ["user wang  beyond_rights"]);
    }
    let unchanged = user("wang", json!({"roles": ["admin", "trainer"]}));
    let made = bench.change(vec![
        unchanged,
        role("helper", "users.write"),
        user("new", json!({"roles": ["helper", "trainer"]})),
    ]);
    assert_eq!(made, ["create role helper", "create user new"]);
    let problems = bench.think(vec![user("new", json!({"roles": ["helper"]}))], true).unwrap_err();
    assert!(problems.iter().any(|p| p.name == "wang" && p.what == What::BeyondRights), "pruned: {problems:?}");
}

#[test]
fn prune_removes_what_is_not_named_of_the_kinds_that_are() {
    let mut bench = Bench::centre();
    let edits = vec![put(Kind::Route, "010", json!({"trunks": ["carrier"]})), put(Kind::Trunk, "carrier", json!({}))];
    let plan = bench.think(edits, true).unwrap();
    let gone: Vec<_> = plan.changes.iter().filter(|c| c.action == Action::Delete).map(|c| c.name.as_str()).collect();
    assert_eq!(gone, ["backup", "any"]);
    assert_eq!(plan.book.keys().filter(|(kind, _)| *kind == Kind::Agent).count(), 2);
}

#[test]
fn a_changed_graph_is_a_new_version_and_a_title_is_not() {
    let mut bench = Bench::centre();
    bench.change(vec![put(Kind::Flow, "menu", json!({"title": {"en": "Menu"}, "definition": menu("sales")}))]);
    let versions = |bench: &Bench| bench.rows.flows.iter().map(|f| (f.version, f.published)).collect::<Vec<_>>();
    assert_eq!(versions(&bench), [(1, true)]);
    let mut graph = menu("sales");
    graph["name"] = "New".into();
    bench.change(vec![put(Kind::Flow, "menu", json!({"definition": graph}))]);
    assert_eq!(versions(&bench), [(1, false), (2, true)]);
}

#[test]
fn who_helps_a_queue_is_one_queue_or_one_team() {
    let mut bench = Bench::centre();
    let told = |bench: &mut Bench, step: serde_json::Value| -> Vec<String> {
        let problems = bench.think(vec![put(Kind::Queue, "night", json!({"overflow": [step]}))], false).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    };
    for step in [json!({"after_s": 5}), json!({"after_s": 5, "queue": "sales", "team": "first"})] {
        assert_eq!(told(&mut bench, step), ["queue night: overflow[0].team: name a queue or a team, and not both"]);
    }
    let missing = told(&mut bench, json!({"after_s": 5, "team": "third"}));
    assert!(missing.len() == 1 && missing[0].contains("overflow[0].team"), "{missing:?}");
    let used = bench.think(vec![delete(Kind::Team, "first")], false).unwrap_err();
    assert_eq!(used[0].to_string(), "team first: queue `sales` refers to it (overflow[0].team)");
    let parts = crate::assemble(&bench.rows, &std::collections::BTreeMap::new()).unwrap();
    let team = bench.rows.teams[0].id;
    assert_eq!(parts.queues[0].overflow, [acd::Overflow::to_team(60, team)]);
    let in_it = |number: &str| parts.agents.iter().any(|agent| &*agent.number == number && agent.teams == [team]);
    assert!(in_it("1001") && !in_it("1002"));
}

#[test]
fn what_a_flow_names_in_vain_is_told_with_its_node() {
    let mut bench = Bench::centre();
    let told = |bench: &mut Bench, spec| {
        let problems = bench.think(vec![put(Kind::Flow, "new", spec)], false).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&mut bench, speaks(json!("nothing"))),
        ["flow new: definition: the flow is wrong: node `say`, prompt: there is no prompt `nothing` in language `zh`"]
    );
    assert_eq!(
        told(&mut bench, rings("agent:7001")),
        ["flow new: definition: the flow is wrong: node `ring`, target: there is no agent `7001`"]
    );
    for sound in [json!("voicemail"), json!({"music": "default"})] {
        bench.think(vec![put(Kind::Flow, "new", speaks(sound))], false).unwrap();
    }
    bench.change(vec![put(Kind::Flow, "new", rings("agent:1001"))]);
    assert_eq!(bench.refused(vec![delete(Kind::Agent, "1001")]).last().unwrap(), "agent 1001  in_use");
}

#[test]
fn a_canary_is_a_version_of_its_own_until_all_walk_it_or_it_goes() {
    let mut bench = Bench::centre();
    let flow = |definition: &Value, canary: Option<Value>| {
        let mut spec = json!({"title": {"zh": "菜单"}, "definition": definition});
        if let Some(canary) = canary {
            spec["canary"] = json!({"definition": canary, "share_percent": 10});
        }
        put(Kind::Flow, "menu", spec)
    };
    let stands = |bench: &Bench| {
        let walked = bench.rows.flows.iter().find(|flow| flow.published).unwrap();
        (walked.version, bench.rows.canary_of(walked.id).map(|(row, _)| row.version))
    };
    let (old, mut new, mut newer) = (menu("sales"), menu("sales"), menu("sales"));
    (new["name"], newer["name"]) = (json!("New"), json!("Newer"));
    bench.change(vec![flow(&old, None)]);
    let (first, _) = stands(&bench);
    bench.change(vec![flow(&old, Some(new.clone()))]);
    assert_eq!(stands(&bench), (first, Some(first + 1)));
    let parts = bench.think(vec![], false).unwrap().parts;
    let walked = parts.flows.values().find(|flow| &*flow.id == "menu").unwrap();
    assert_eq!(walked.canary.as_ref().map(|c| (c.share_percent, c.flow.revision)), Some((10, first + 1)));
    // It is written down as it stands, and goes on when it is taken again.
    let edits = as_edits(&bench);
    assert!(bench.change(edits).is_empty());
    assert_eq!(stands(&bench), (first, Some(first + 1)));
    bench.change(vec![flow(&new, None)]);
    assert_eq!(stands(&bench), (first + 1, None), "all walk the very version that a share walked");
    bench.change(vec![flow(&new, Some(newer.clone()))]);
    bench.change(vec![flow(&new, None)]);
    assert_eq!(stands(&bench), (first + 1, None));
    bench.change(vec![flow(&new, Some(newer.clone()))]);
    assert_eq!(stands(&bench), (first + 1, Some(first + 3)), "what is tried again is another trial");
    bench.change(vec![flow(&old, Some(newer))]);
    assert_eq!(stands(&bench), (first + 4, Some(first + 5)), "and so is what is compared with another version");
    for (field, value) in [("share_percent", json!(0)), ("hours", json!(721)), ("guards", json!([]))] {
        let mut edit = flow(&old, Some(new.clone()));
        if let Wish::Put(spec) = &mut edit.wish {
            spec["canary"][field] = value;
        }
        assert!(bench.refused(vec![edit])[0].starts_with(&format!("flow menu canary.{field} ")), "{field}");
    }
    let broken = flow(&old, Some(menu("none")));
    assert_eq!(bench.refused(vec![broken]), ["flow menu canary.definition flow"]);
}

#[test]
fn what_a_change_affects_is_told() {
    let mut bench = Bench::centre();
    let plan = bench.think(vec![put(Kind::Agent, "1001", json!({"display_name": "韩"}))], false).unwrap();
    let affected: Vec<_> = plan.affects.iter().map(|(kind, name)| format!("{kind} {name}")).collect();
    assert_eq!(affected, ["user li", "team first", "device 1001", "queue sales", "number 95003"]);
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("s.db")).await.unwrap();
    let mut bench = empty();
    store.insert(&bench.rows.tenant).await.unwrap();
    let before = bench.rows.clone();
    bench.change(whole());
    bench.rows.write(&store, &before).await.unwrap();
    let read = Rows::read(&store, TenantId(9)).await.unwrap().unwrap();
    let lines = |rows: &Rows| Resource::all(&rows.book().unwrap());
    assert_eq!(lines(&read), lines(&bench.rows));
    let mut second = Bench { rows: read.clone(), ids: 1_000, rights: Permissions::all() };
    second.change(vec![
        put(
            Kind::Flow,
            "menu",
            json!({"definition": {"version": 1, "id": "menu", "name": "M", "language": "zh",
            "start": "end", "nodes": {"end": {"kind": "hangup"}}}}),
        ),
        delete(Kind::Number, "95002"),
        put(Kind::Threshold, "waiting", json!({"measure": "longest_wait", "warning": 60, "hold_s": 0, "margin": 5})),
        delete(Kind::Queue, "sales"),
    ]);
    second.rows.write(&store, &read).await.unwrap();
    let again = Rows::read(&store, TenantId(9)).await.unwrap().unwrap();
    assert_eq!(lines(&again), lines(&second.rows));
    assert_eq!(again.flows.len(), 1, "the version that calls walk is the newest");
    assert!(again.members.is_empty());
}

#[test]
fn what_is_wrong_is_said_in_both_languages() {
    let problem = Problem {
        kind: Kind::Queue,
        name: "a".into(),
        field: "x".into(),
        what: What::NotFound(Kind::Agent, "7".into()),
    };
    assert_eq!(problem.what.texts(), ("坐席“7”不存在".into(), "there is no agent `7`".into()));
    assert_eq!(problem.to_string(), "queue a: x: there is no agent `7`");
}

#[test]
fn a_queues_mailbox_can_be_that_of_some_agents() {
    let mut bench = Bench::centre();
    let spec = |agents: Value| json!({"number": "800", "members": ["1001"], "mailbox_agents": agents});
    let said = bench.change(vec![put(Kind::Queue, "sales", spec(json!(["1002"])))]);
    assert!(said[0].contains("mailbox_agents"), "{said:?}");
    let plan = bench.think(Vec::new(), false).unwrap();
    let agent = |rows: &Rows, number: &str| rows.agents.iter().find(|a| &*a.number == number).unwrap().id;
    let having: Vec<_> = plan.parts.mailbox_agents.values().flatten().copied().collect();
    assert_eq!(having, [agent(&bench.rows, "1002")]);
    let shown = plan.book[&(Kind::Queue, "sales".to_owned())].spec.to_json();
    assert_eq!(shown["mailbox_agents"], json!(["1002"]));
    assert_eq!(
        bench.refused(vec![put(Kind::Queue, "sales", spec(json!(["1009"])))]),
        ["queue sales mailbox_agents[0] not_found"]
    );
    bench.change(vec![put(Kind::Queue, "sales", spec(json!([])))]);
    let plan = bench.think(Vec::new(), false).unwrap();
    assert!(plan.parts.mailbox_agents.is_empty(), "all who serve it have it");
}

/// Whether the password of `zhao` is good for one sign-in, and which one it is.
fn password_of(bench: &Bench) -> (bool, String) {
    let login = bench.rows.users.iter().find(|login| &*login.user.username == "zhao").unwrap();
    let guard = bench.rows.guards.iter().find(|guard| guard.user == login.user.id);
    (guard.is_some_and(|guard| guard.one_time_password), login.password_hash.reveal().clone())
}

#[test]
fn a_password_in_a_document_is_good_for_one_sign_in_unless_it_says_otherwise() {
    let mut bench = Bench::centre();
    let zhao = |more: Value| {
        let mut spec = json!({"roles": ["agent"]});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        put(Kind::User, "zhao", spec)
    };
    bench.change(vec![zhao(json!({"password": "walnut tree 44"}))]);
    assert_eq!(password_of(&bench), (true, "hash of walnut tree 44".into()));
    // The person signs in and chooses another: the same document again changes nothing.
    bench.rows.users.last_mut().unwrap().password_hash = "hash of my own".to_owned().into();
    bench.rows.guards.last_mut().unwrap().one_time_password = false;
    assert_eq!(bench.change(vec![zhao(json!({"password": "walnut tree 44"}))]), Vec::<String>::new());
    assert_eq!(password_of(&bench), (false, "hash of my own".into()));
    // Another one in the document is a new one for one sign-in.
    assert_eq!(bench.change(vec![zhao(json!({"password": "walnut tree 45"}))]), ["update user zhao password"]);
    assert_eq!(password_of(&bench), (true, "hash of walnut tree 45".into()));
    let stays = || vec![zhao(json!({"password": "walnut tree 45", "one_time_password": false}))];
    assert_eq!(bench.change(stays()), ["update user zhao one_time_password"]);
    assert_eq!(password_of(&bench), (false, "hash of walnut tree 45".into()));
    assert_eq!(bench.change(stays()), Vec::<String>::new());
    bench.rows.users.last_mut().unwrap().password_hash = "hash of my own".to_owned().into();
    assert_eq!(bench.change(stays()), ["update user zhao password"], "the document is where it is kept");
    assert_eq!(password_of(&bench), (false, "hash of walnut tree 45".into()));
    let exported = bench.think(Vec::new(), false).unwrap().book[&(Kind::User, "zhao".to_owned())].spec.to_json();
    assert_eq!(exported, json!({"roles": ["agent"], "disabled": false}), "neither is read back");
    bench.change(vec![delete(Kind::User, "zhao")]);
    let users: Vec<_> = bench.rows.users.iter().map(|login| login.user.id).collect();
    assert!(bench.rows.guards.iter().all(|guard| users.contains(&guard.user)), "nothing is left of who is gone");
}

#[test]
fn who_is_written_to_makes_sense() {
    let mut bench = Bench::centre();
    for (kind, name, spec, wrong) in [
        (Kind::MailServer, "second", json!({"host": "mx", "from": "a@b"}), "name none_of"),
        (Kind::MailServer, "default", json!({"host": "a b", "from": "a@b"}), "host bad_format"),
        (Kind::MailServer, "default", json!({"host": "mx", "from": "a"}), "from bad_format"),
        (Kind::MailServer, "default", json!({"host": "mx", "from": "a@b\nBcc: c@d"}), "from bad_format"),
        (Kind::MailServer, "default", json!({"host": "mx", "from": "a@b", "password": "x"}), "username missing"),
        (Kind::ReportSchedule, "x", json!({"recipients": []}), "recipients missing"),
        (Kind::ReportSchedule, "x", json!({"recipients": ["a@b"], "at": "8:00"}), "at bad_format"),
        (Kind::ReportSchedule, "x", json!({"recipients": ["a@b"], "day": 29}), "day out_of_range"),
        (Kind::ReportSchedule, "x", json!({"recipients": ["a@b", "A@b"]}), "recipients[1] twice"),
        (Kind::ReportSchedule, "x", json!({"recipients": ["a@b"], "subjects": ["none"]}), "subjects[0] not_found"),
        (Kind::AlertSubscription, "x", json!({}), "recipients missing"),
        (Kind::AlertSubscription, "x", json!({"url": "ftp://a"}), "url bad_format"),
        (Kind::AlertSubscription, "x", json!({"url": "https://u:p@a/"}), "url bad_format"),
        (Kind::AlertSubscription, "x", json!({"url": "https://a", "quiet_to": "07:00"}), "quiet_from missing"),
    ] {
        let refused = bench.refused(vec![put(kind, name, spec)]);
        assert!(refused.contains(&format!("{kind} {name} {wrong}")), "{wrong}: {refused:?}");
    }
    bench.change(vec![put(Kind::ReportSchedule, "x", json!({"subjects": ["sales"], "recipients": ["a@b"]}))]);
    let uses = bench.think(vec![delete(Kind::Queue, "sales")], false).unwrap_err();
    assert!(uses.iter().any(|p| p.what.other() == Some((Kind::ReportSchedule, "x"))), "{uses:?}");
}

#[test]
fn databases_are_checked_and_stay_while_a_flow_asks_them() {
    let mut bench = Bench::centre();
    for (spec, wrong) in [
        (json!({"database": "a", "user": "b"}), "host missing"),
        (json!({"host": "a b", "database": "a", "user": "b"}), "host bad_format"),
        (json!({"host": "db", "port": 0, "user": "b"}), "port out_of_range"),
        (json!({"host": "db", "user": "b"}), "database missing"),
        (json!({"host": "db", "database": "a", "user": "b", "secret": "none"}), "secret not_found"),
        (json!({"engine": "sqlite"}), "file missing"),
        (json!({"engine": "sqlite", "file": "../other/crm.db"}), "file bad_format"),
        (json!({"engine": "sqlite", "file": "/etc/passwd"}), "file bad_format"),
    ] {
        let refused = bench.refused(vec![put(Kind::Database, "x", spec)]);
        assert!(refused.contains(&format!("database x {wrong}")), "{wrong}: {refused:?}");
    }
    let flow = |database: &str| {
        let asks = json!({"kind": "database_lookup", "database": database, "statement": "SELECT 1", "outlets": {"found": "b", "failed": "b"}});
        let nodes = json!({"a": asks, "b": {"kind": "hangup"}});
        put(
            Kind::Flow,
            "asks",
            json!({"definition": {"version": 1, "id": "asks", "name": "a", "language": "zh", "start": "a", "nodes": nodes}}),
        )
    };
    let refused = bench.refused(vec![flow("gone")]);
    assert!(refused.iter().any(|told| told.starts_with("flow asks definition")), "{refused:?}");
    bench.change(vec![flow("orders")]);
    for (kind, name, user) in
        [(Kind::Database, "orders", (Kind::Flow, "asks")), (Kind::Secret, "crm", (Kind::Database, "orders"))]
    {
        let uses = bench.think(vec![delete(kind, name)], false).unwrap_err();
        assert!(uses.iter().any(|p| p.what.other() == Some(user)), "{uses:?}");
    }
}

#[test]
fn the_mail_servers_password_stays_unless_it_is_said_anew() {
    let mut bench = Bench::centre();
    let spec = |more: Value| {
        let mut spec = json!({"host": "mx.example.com", "username": "acme", "from": "acme@example.com"});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        vec![put(Kind::MailServer, "default", spec)]
    };
    assert_eq!(bench.change(spec(json!({}))), Vec::<String>::new());
    assert_eq!(bench.change(spec(json!({"password": "tiger"}))), Vec::<String>::new());
    assert_eq!(bench.change(spec(json!({"port": 25}))), ["update mail_server default port"]);
    assert_eq!(bench.rows.mail_servers[0].password, "tiger".into());
    assert_eq!(bench.change(spec(json!({"port": 25, "password": "lion"}))), ["update mail_server default password"]);
    assert_eq!(bench.rows.mail_servers[0].password, "lion".into());
    assert!(!bench.rows.mail_servers[0].config.to_string().contains("lion"));
}
