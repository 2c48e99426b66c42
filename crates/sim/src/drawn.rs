//! Routing settings drawn by lot: what a day may be ruled by beside the usual.

use acd::{NoAgentPolicy, Overflow, QueueConfig, Relaxation, SkillRequirement, Strategy};
use center::Setup;
use types::{QueueId, TeamId};

use crate::rng::Rng;
use crate::world::{OPERATOR, SALES, SUPPORT};

/// The team that is called for help; one in so many agents is in it.
const TEAM: TeamId = TeamId(31);
const IN_TEAM: usize = 4;
const SKILL: &str = "english";
/// All there are.
const STRATEGIES: [Strategy; 9] = [
    Strategy::LongestIdle,
    Strategy::RoundRobin,
    Strategy::LeastTalk,
    Strategy::FewestContacts,
    Strategy::Linear,
    Strategy::Random,
    Strategy::Weighted,
    Strategy::BestSkill,
    Strategy::RingAll,
];

/// Draws the routing's settings of a company.
pub(crate) fn draw(seed: u64, setup: &mut Setup) {
    let mut rng = Rng::new(seed ^ 0xd1a3_71e5);
    for queue in &mut setup.queues {
        draw_queue(&mut rng, queue);
    }
    for (index, agent) in setup.agents.iter_mut().enumerate() {
        agent.skills.insert(SKILL.into(), rng.below(11) as u8);
        agent.order = rng.below(3) as u16;
        agent.weight = 1 + rng.below(5) as u16;
        agent.return_after_s = rng.chance(0.5).then_some(30);
        if index % IN_TEAM == 0 {
            agent.teams = vec![TEAM];
        }
    }
}

fn draw_queue(rng: &mut Rng, queue: &mut QueueConfig) {
    queue.strategy = STRATEGIES[rng.below(STRATEGIES.len())];
    let seconds = |rng: &mut Rng, from: usize, to: usize| (from + rng.below(to - from)) as u32;
    queue.ring_timeout_s = seconds(rng, 8, 30);
    queue.wrap_up_s = seconds(rng, 0, 40);
    queue.max_wait_s = rng.chance(0.7).then(|| seconds(rng, 60, 600));
    queue.announce_position_s = rng.chance(0.6).then(|| seconds(rng, 15, 60));
    queue.announce_wait_s = rng.chance(0.6).then(|| seconds(rng, 15, 90));
    queue.announce_agent_number = rng.chance(0.5);
    queue.ageing = [0.0, 0.2, 1.0, 5.0][rng.below(4)];
    queue.priority = [0, 0, 50, -50][rng.below(4)];
    queue.no_agent = [NoAgentPolicy::Wait, NoAgentPolicy::Refuse, NoAgentPolicy::Leave][rng.below(3)];
    queue.last_agent_wait_s = rng.chance(0.5).then(|| seconds(rng, 5, 60));
    queue.keep_place_s = rng.chance(0.5).then(|| seconds(rng, 60, 900));
    if rng.chance(0.5) {
        queue.skills = vec![SkillRequirement { skill: SKILL.into(), min: 1 + rng.below(8) as u8 }];
        queue.relax = vec![Relaxation { after_s: seconds(rng, 5, 60), skill: SKILL.into(), min: 0 }];
    }
    let others: Vec<QueueId> = [SALES, SUPPORT, OPERATOR].into_iter().filter(|other| *other != queue.id).collect();
    if rng.chance(0.6) {
        queue.overflow.push(Overflow::to_queue(seconds(rng, 5, 90), others[rng.below(others.len())]));
    }
    if rng.chance(0.6) {
        queue.overflow.push(Overflow::to_team(seconds(rng, 5, 90), TEAM));
    }
}
