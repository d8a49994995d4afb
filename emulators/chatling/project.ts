// The rest of a project, read-only: its chatbots, templates, members, settings and usage.
// Creating, renaming and duplicating chatbots, renaming the project and the knowledge base are not emulated.

import { page } from './pages.ts';
import { success } from './refusals.ts';
import type { Route, World } from './routes.ts';
import type { ChatlingStore } from './store.ts';

export const AI_CREDITS_MAX = 20_000;

export function projectRoutes(world: World): Route[] {
  const { store, refuse } = world;
  return [
    {
      method: 'GET',
      pattern: '/chatbots',
      answer: (ask) =>
        page(world, ask, {
          name: 'chatbots',
          perPage: 25,
          rows: [...store.chatbots.values()],
          show: (chatbot) => chatbot,
        }),
    },
    {
      method: 'GET',
      pattern: '/chatbots/*',
      answer: ({ ids: [id = ''] }) => success(store.chatbots.get(id)),
    },
    {
      method: 'GET',
      pattern: '/chatbot-templates',
      answer: (ask) =>
        page(world, ask, { name: 'templates', perPage: 25, rows: TEMPLATES, show: (row) => row }),
    },
    {
      method: 'GET',
      pattern: '/members',
      answer: (ask) =>
        page(world, ask, { name: 'members', perPage: 15, rows: MEMBERS, show: (row) => row }),
    },
    {
      method: 'GET',
      pattern: '/project/settings',
      answer: () => success({ project_id: '3071845526', name: 'Example Help' }),
    },
    {
      method: 'GET',
      pattern: '/usage/*',
      answer: ({ ids: [kind = ''] }) => {
        const usage = new Map(Object.entries(usageOf(store))).get(kind);
        return usage ? success(usage) : refuse.notFound('Usage');
      },
    },
  ];
}

function usageOf({ aiCreditsUsed, chatbots }: ChatlingStore) {
  return {
    'ai-credits': { used: Math.min(aiCreditsUsed, AI_CREDITS_MAX), max: AI_CREDITS_MAX },
    chatbots: { used: chatbots.size, max: 5 },
    'email-credits': { used: 118, max: 2_000 },
    'knowledge-base': { used: 412_305, max: 4_000_000 },
    'user-seats': { used: MEMBERS.length, max: 5 },
  };
}

const TEMPLATES = [
  { id: 1, name: 'Customer support', description: 'Answers questions and hands over to people.' },
  { id: 2, name: 'Lead capture', description: 'Asks visitors for their contact details.' },
  { id: 5, name: 'Blank', description: 'Starts with an empty canvas.' },
];

const MEMBERS = [
  { email: 'owner@example.com', status: 'Active', roles: ['Owner'] },
  { email: 'support@example.com', status: 'Active', roles: ['Admin', 'Billing'] },
  { email: 'newcomer@example.com', status: 'Pending', roles: ['Editor'] },
];
