/** Licenses through their life, as operators look after them. */
import type { z } from 'zod';
import { line } from '../../../../shared/api/common.ts';
import { ProductId } from '../../../../shared/api/licenses.ts';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { counted, type Block } from '../done.ts';
import { emailField, optional, text } from '../fields.ts';
import {
  change,
  hitSentence,
  previewChange,
  stopping,
  theLicense,
  withPolicy,
} from './change-license.ts';
import { licenseFacts } from './licenses.ts';
import {
  entitlementsField,
  Expiry,
  given,
  graceField,
  policyFields,
  seatsField,
  typeField,
} from './terms.ts';

const nameField = text(line(120), { label: 'Name', example: 'Prod' });
const expiryField = text(Expiry, {
  label: 'Expires',
  hint: 'A date such as 2027-12-31, or never.',
});
export const keyBlock = (licenseKey: string, name: string): Block => ({
  kind: 'verbatim',
  title: 'License key',
  text: licenseKey,
  fileName: `${name.replaceAll(/[^\w.-]/gu, '_')}.license-key.txt`,
});

export const createLicense = action({
  id: 'licenses.create',
  title: 'Create a license',
  description: 'Give an owner a license of a product.',
  who: 'operator',
  fields: {
    ownerEmail: emailField("Owner's e-mail"),
    name: nameField,
    product: text(ProductId as z.ZodType<string, string>, {
      label: 'Product',
      hint: 'Its id.',
      refers: 'product',
    }),
    type: typeField,
    maxActivations: optional(seatsField),
    expiresAt: optional(expiryField),
    graceDays: graceField,
    entitlements: entitlementsField,
    ...policyFields,
  },
  run: async (client, values) => {
    const endless = values.expiresAt === null;
    if (endless && values.type !== undefined && values.type !== 'perpetual') {
      const expiresAt = `A ${values.type} ends: give a date, or none for the days of its product.`;
      return fail({ kind: 'invalid', fields: { expiresAt } });
    }
    const answer = await client.createLicense(
      withPolicy(endless ? { ...values, type: 'perpetual' as const } : values),
    );
    if (!answer.ok) return answer;
    return ok({
      message: `The license ${answer.value.name} of ${answer.value.owner.email} is created.`,
      data: answer.value,
      once: true,
      blocks: [licenseFacts(answer.value), keyBlock(answer.value.licenseKey, answer.value.name)],
      next: 'Keep the license key if you need it: it is shown only now. Owners activate with e-mail and password.',
    });
  },
});

export const renewLicense = action({
  id: 'licenses.renew',
  title: 'Renew a license',
  description:
    'Move the expiration of a license, or take it away: “never” makes a subscription perpetual.',
  who: 'operator',
  fields: { license: theLicense, expiresAt: expiryField, graceDays: graceField },
  run: async (client, { license, ...patch }) => {
    const { type } = license;
    // A trial is bought first: what it leaves out would stay left out.
    const endless = patch.expiresAt === null && type === 'subscription';
    return change(
      client,
      license,
      { ...given(patch), ...(endless ? { type: 'perpetual' as const } : {}) },
      ({ name, expiresAt }) =>
        expiresAt === null
          ? `${name} is perpetual: it does not expire.`
          : `${name} now expires at ${expiresAt.slice(0, 10)}.`,
    );
  },
});

const reason = text(line(300), {
  label: 'Reason',
  hint: 'The owner sees it, and products are told.',
});

export const suspendLicense = action({
  id: 'licenses.suspend',
  title: 'Suspend a license',
  description: 'Let no machine activate or check in until the license is resumed.',
  who: 'operator',
  fields: { license: theLicense, reason },
  danger: {
    confirm: 'Suspend it',
    preview: (client, { license, reason }) =>
      previewChange(client, license, { status: 'suspended', reason }, (changed) => [
        `${changed.name} of ${changed.owner.email} activates no machine and renews no lease until it is resumed.`,
        ...stopping(changed),
        'Its owner, and products at their next check-in, are told the reason.',
      ]),
  },
  run: (client, { license, reason }) =>
    change(client, license, { status: 'suspended', reason }, ({ name }) => `${name} is suspended.`),
});

export const resumeLicense = action({
  id: 'licenses.resume',
  title: 'Resume a license',
  description: 'End the suspension of a license.',
  who: 'operator',
  fields: { license: theLicense },
  run: (client, { license }) =>
    change(client, license, { status: 'active' }, ({ name }) => `${name} works again.`),
});

export const revokeLicense = action({
  id: 'licenses.revoke',
  title: 'Revoke a license',
  description: 'End a license for good.',
  who: 'operator',
  fields: { license: theLicense, reason },
  danger: {
    confirm: 'Revoke it for good',
    preview: (client, { license, reason }) =>
      previewChange(client, license, { status: 'revoked', reason }, (changed) => [
        `${changed.name} of ${changed.owner.email} ends for good: nothing activates or checks in any more.`,
        ...stopping(changed),
        'A suspension does the same and can be undone.',
      ]),
  },
  run: (client, { license, reason }) =>
    change(client, license, { status: 'revoked', reason }, ({ name }) => `${name} is revoked.`),
});

export const changeSeats = action({
  id: 'licenses.seats',
  title: 'Change activations',
  description: 'Change how many machines a license permits.',
  who: 'operator',
  fields: { license: theLicense, maxActivations: seatsField },
  danger: {
    confirm: 'Change it',
    preview: (client, { license, maxActivations }) =>
      previewChange(client, license, { maxActivations }, (changed) => [
        changed.maxActivations === null
          ? `${changed.name} will permit any number of machines.`
          : `${changed.name} will permit ${counted(changed.maxActivations, 'machine')}.`,
        hitSentence(changed),
      ]),
  },
  run: (client, { license, ...patch }) =>
    change(client, license, patch, ({ name, maxActivations }) =>
      maxActivations === null
        ? `${name} now permits any number of machines.`
        : `${name} now permits ${counted(maxActivations, 'machine')}.`,
    ),
});

export const editLicense = action({
  id: 'licenses.edit',
  title: 'Edit a license',
  description:
    'Change name, type, entitlements or policy of a license; what is left out is not changed.',
  who: 'operator',
  edits: true,
  fields: {
    license: theLicense,
    name: optional(nameField),
    type: { ...typeField, unset: 'as it is' },
    entitlements: entitlementsField,
    ...policyFields,
    seats: { ...policyFields.seats, unset: 'as they are' },
  },
  run: (client, { license, ...patch }) =>
    change(client, license, withPolicy(patch), ({ name }) => `${name} is changed.`),
});

export const moveLicense = action({
  id: 'licenses.move',
  title: 'Move a license',
  description: 'Give a license to another owner; its machines and users stay.',
  who: 'operator',
  fields: { license: theLicense, ownerEmail: emailField("New owner's e-mail") },
  danger: {
    confirm: 'Move it',
    preview: async (client, { license, ownerEmail }) => {
      const before = license.owner.email;
      return previewChange(client, license, { ownerEmail }, ({ name, owner, counter }) => [
        before === owner.email
          ? `${name} is ${owner.email}’s already.`
          : `${name} goes from ${before} to ${owner.name} <${owner.email}>.`,
        ...(before === owner.email ? [] : [`${before} no longer sees or manages it.`]),
        `${counted(counter, 'machine')} and the users of the license stay; invitations that nobody accepted end. The license key stays valid: make a new one if ${before} knows it.`,
      ]);
    },
  },
  run: (client, { license, ownerEmail }) =>
    change(
      client,
      license,
      { ownerEmail },
      ({ name, owner }) => `${name} is ${owner.email}’s now.`,
    ),
});

export const rotateLicenseKey = action({
  id: 'licenses.rotate-key',
  title: 'New license key',
  description: 'Make a new license key; the old one activates nothing any more.',
  who: 'operator',
  fields: { license: theLicense },
  danger: {
    confirm: 'Make a new key',
    preview: async (_, { license }) => {
      return ok({
        sentences: [
          `The license key of ${license.name} stops working for new activations.`,
          'Machines that are active now are not touched.',
        ],
        gentler: [],
        data: license,
      });
    },
  },
  run: async (client, { license }) => {
    return mapOk(await client.rotateLicenseKey(license.id), (value) => ({
      message: `${license.name} has a new license key; the old one no longer works.`,
      data: value,
      once: true,
      blocks: [keyBlock(value.licenseKey, license.name)],
      next: 'Keep it: it is shown only now.',
    }));
  },
});
