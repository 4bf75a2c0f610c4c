// Compiled and run against the installed package: what a frontend takes from it.
import { actions, labels, labels_en, operations, version, type FindingCodeOf, type components } from '@pinpai/contract';
import counting from '@pinpai/contract/counting.json' with { type: 'json' };

const code: FindingCodeOf<'submitApplication'> = 'too_few_images';
// @ts-expect-error a seal is no matter of submitting
const wrong: FindingCodeOf<'submitApplication'> = 'seal_missing';
const status: components['schemas']['ApplicationStatus'] = 'draft';
const roles: readonly string[] = operations.submitApplication.roles;
const counted = counting.examples.every(({ text, count }) => [...text.matchAll(new RegExp(counting.pattern, 'gu'))].length === count);

if (!roles.includes('unit') || !counted || wrong === String(code)) throw new Error('it is not what it says');
console.log(version, labels.ApplicationStatus[status], labels_en.ApplicationStatus[status], actions.ApplicationActions.submit.operations.join());
