/** The sample machines that run: each checks in every few seconds, so that the screens live. */
import { checkIn, type SdkFailure } from '../../shared/sdk/index.ts';
import { activateMachine, machineOptions, type Stage } from './seed.ts';
import { machines, waiting, type SampleMachine } from './story.ts';

/** Milliseconds between the check-ins of one machine, at least and at most. */
const pace = { least: 4000, most: 12_000 };

const isWrongPassword = (failure: SdkFailure): boolean =>
  failure.kind === 'problem' && failure.code === 'invalid-credentials';

/** Starts them; returns what stops them. */
export const runMachines = (stage: Stage): (() => void) => {
  const timers = new Map<SampleMachine, NodeJS.Timeout>();
  const next = (machine: SampleMachine): void => {
    const wait = pace.least + Math.random() * (pace.most - pace.least);
    timers.set(
      machine,
      setTimeout(() => void tick(machine), wait),
    );
  };
  const tick = async (machine: SampleMachine): Promise<void> => {
    // A refusal is part of the story: it comes again, and takes a seat when one is free.
    const has = await checkIn(machineOptions(stage, machine));
    if (!has.ok && machine === waiting) {
      const activated = await activateMachine(stage, machine);
      // Ana changed her password: going on would be guessing, and slow her own sign-ins down.
      if (!activated.ok && isWrongPassword(activated.error)) return;
    }
    if (timers.has(machine)) next(machine);
  };
  for (const machine of [...machines, waiting]) if (machine.lastSeen === 0) next(machine);
  return () => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
};
