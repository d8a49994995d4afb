// What stands before anyone has written: the projects, and the people who may look into them.

import { uuidFrom } from './ids.ts';
import { isoAt } from './lifecycle.ts';
import {
  addUser,
  type ProjectRow,
  projectRow,
  type StackAuthStore,
  type UserRow,
} from './store.ts';

export interface Founding {
  readonly internal: ProjectRow;
  /** The dashboard user whose tokens are handed out. */
  readonly caller: UserRow;
  readonly staff: Staff;
}

export interface Staff {
  /** Under the names the tales call them by. */
  readonly agents: readonly UserRow[];
  /** The service knows no bots: what answers by itself is an agent's account too. */
  readonly assistant: UserRow;
}

export function found(
  store: StackAuthStore,
  { projectId, now }: { readonly projectId: string; readonly now: number },
): Founding {
  const ownerTeamId = uuidFrom('team/owners');
  const internal = projectRow({ id: 'internal', displayName: 'Dashboard', ownerTeamId: null });
  const projects = [
    internal,
    projectRow({ id: projectId, displayName: 'Larkfield', ownerTeamId }),
    projectRow({ id: uuidFrom('project/staging'), displayName: 'Larkfield Staging', ownerTeamId }),
    // There, and none of our business: asked for, it is as good as absent.
    projectRow({
      id: uuidFrom('project/elsewhere'),
      displayName: 'Somebody Else',
      ownerTeamId: uuidFrom('team/elsewhere'),
    }),
  ];
  for (const project of projects) store.projects.set(project.id, project);

  const signedUpAt = isoAt(now - 400 * 24 * 3_600_000);
  const join = (name: string, displayName: string) =>
    addUser(store, name, {
      projectId: 'internal',
      displayName,
      primaryEmail: `${name}@larkfield.example`,
      profileImageUrl: `https://images.larkfield.example/staff/${name}.png`,
      teamIds: [ownerTeamId],
      signedUpAt,
    });
  const caller = join('ines', 'Ines Almeida');
  const agents = [
    caller,
    join('tomasz', 'Tomasz Wilk'),
    join('priya', 'Priya Raman'),
    join('jonah', 'Jonah Becker'),
    join('mei', 'Mei Tanaka'),
  ];
  return {
    internal,
    caller,
    staff: { agents, assistant: join('assistant', 'Larkfield Assistant') },
  };
}
