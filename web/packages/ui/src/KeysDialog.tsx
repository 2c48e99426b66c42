import { Modal } from "antd";
import type { ReactElement } from "react";
import { Kbd } from "./pieces";

/** Keys that belong together: a title, then each key with what it does. */
export interface KeyGroup {
  title: string;
  keys: { keys: string; does: string }[];
}

/** Shows the keyboard shortcuts of an application. */
export function KeysDialog({ title, groups, close }: { title: string; groups: KeyGroup[]; close: () => void }): ReactElement {
  return (
    <Modal open onCancel={close} footer={null} width={640} title={title}>
      <div className="keys">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(({ keys, does }) => (
                <div key={keys}>
                  <dt>
                    <Kbd>{keys}</Kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
