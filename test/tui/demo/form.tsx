/** A program of the tests: a sign-in form on the foundation alone. Prints what it got when it ends. */
import process from 'node:process';
import { useState } from 'react';
import { Form } from '../../../tui/components/forms/form.tsx';
import { Frame } from '../../../tui/components/layout/frame.tsx';
import { Help } from '../../../tui/components/layout/help.tsx';
import { Text } from '../../../tui/components/text.tsx';
import { useKeys } from '../../../tui/hooks/use-keys.ts';
import { useTerminal } from '../../../tui/hooks/use-terminal.ts';
import { mount } from '../../../tui/terminal/mount.tsx';

const App = () => {
  const { exit } = useTerminal();
  const [sent, setSent] = useState('');
  const [help, setHelp] = useState(false);
  useKeys(
    {
      quit: () => exit(),
      interrupt: () => exit(),
      help: () => setHelp(true),
    },
    { level: 'app' },
  );
  return (
    <>
      <Frame title="Sign in" context="127.0.0.1" status={{ text: sent, tone: 'good' }}>
        <Form
          fields={[
            {
              name: 'email',
              label: 'E-mail',
              example: 'you@example.com',
              check: (value) => (value.includes('@') ? undefined : 'An e-mail address has an @.'),
            },
            { name: 'password', label: 'Password', kind: 'password' },
          ]}
          submitLabel="Sign in"
          busyLabel="Signing in"
          onCancel={() => setSent('cancelled')}
          onSubmit={async (values) => {
            if (values['password'] === 'wrong') return { text: 'These credentials are not valid.' };
            if (values['password'] === 'throw') throw new Error('boom');
            setSent(`sent ${JSON.stringify(values)}`);
            return undefined;
          }}
        />
        <Text tone="good">content ends here</Text>
      </Frame>
      {help ? <Help support={undefined} layer={0} onClose={() => setHelp(false)} /> : null}
    </>
  );
};

process.exitCode = await mount(
  <App />,
  { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env },
  { ownsProcess: true },
);
