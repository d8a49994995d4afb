// The models and languages a chat call may name. The ids are the samples'; which model each is today is in no
// document, so that a caller has to ask for this list. The names are examples.

export interface Model {
  readonly id: number;
  readonly name: string;
  /** What one answer costs. A number in the sample, though the page's text types it as an array. */
  readonly credits: number;
  readonly temperature: { readonly min: number; readonly max: number };
}

export const MODELS: readonly Model[] = [
  { id: 1, name: 'GPT-3.5 Turbo', credits: 1, temperature: { min: 0, max: 2 } },
  { id: 2, name: 'GPT-4', credits: 20, temperature: { min: 0, max: 2 } },
  { id: 3, name: 'Mistral Large', credits: 24, temperature: { min: 0, max: 1 } },
  { id: 4, name: 'Llama 3 70B', credits: 6, temperature: { min: 0, max: 1 } },
  { id: 5, name: 'Mistral Small', credits: 1, temperature: { min: 0, max: 1 } },
  { id: 6, name: 'GPT-4o', credits: 8, temperature: { min: 0, max: 2 } },
  { id: 7, name: 'Gemini 1.5 Pro', credits: 6, temperature: { min: 0, max: 1 } },
  { id: 8, name: 'GPT-4o mini', credits: 1, temperature: { min: 0, max: 2 } },
];

/** With gaps, as the documented ones have, and more than one page of them. */
export const LANGUAGES: readonly { readonly id: number; readonly name: string }[] = [
  { id: 1, name: 'Auto' },
  { id: 2, name: 'English' },
  { id: 4, name: 'Arabic' },
  { id: 7, name: 'Bulgarian' },
  { id: 9, name: 'Chinese' },
  { id: 12, name: 'Czech' },
  { id: 13, name: 'Danish' },
  { id: 14, name: 'Dutch' },
  { id: 18, name: 'French' },
  { id: 20, name: 'German' },
  { id: 23, name: 'Hindi' },
  { id: 27, name: 'Italian' },
  { id: 28, name: 'Japanese' },
  { id: 31, name: 'Korean' },
  { id: 36, name: 'Polish' },
  { id: 37, name: 'Portuguese' },
  { id: 44, name: 'Spanish' },
  { id: 46, name: 'Swedish' },
  { id: 50, name: 'Turkish' },
];
