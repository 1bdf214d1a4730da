// tries: from Node: children, sockets, workers, native bindings, the inspector, loading what lies about
// backends: native (Node is only there)
// endings: exited
// prints: done
// limits: {"wallMs": 8000, "memoryBytes": 536870912}
const attempt = (name, act) => {
  try {
    const value = act();
    console.log(name, '->', String(value).slice(0, 200));
    return value;
  } catch (error) {
    console.log(name, 'x', String(error).slice(0, 100));
  }
};

const { execFileSync, execSync } = require('child_process');
const fs = require('fs');
attempt('exec', () => execSync('echo x > /usr/winnow-owned; echo x > /tmp/winnow-owned; id; cat /etc/shadow /tmp/winnow-bait.txt /proc/1/environ; ls -a / /root /home 2>&1'));
for (const path of ['/etc/shadow', '/tmp/winnow-bait.txt', '/root/.ssh/id_winnow', '/proc/1/environ', '/proc/1/cmdline', `/proc/${process.ppid}/environ`])
  attempt(path, () => { const text = fs.readFileSync(path, 'utf8'); if (text.includes('inside.ts')) console.log('escaped: sees the harness'); return text; });
attempt('env', () => JSON.stringify(process.env));
attempt('kill', () => process.kill(process.ppid, 'SIGKILL'));
attempt('binding', () => Object.keys(process.binding('spawn_sync')));
attempt('inspector', () => require('inspector').open(47123, '0.0.0.0'));
attempt('report', () => process.report.writeReport('/tmp/winnow-owned.json'));
const net = require('net');
const servers = [];
for (const where of [{ port: 47001, host: '127.0.0.1' }, { port: 47001, host: '::1' }, { path: '/tmp/winnow-bait.sock' }, { path: '\0winnow-bait' }]) {
  const socket = net.connect(where, () => console.log('escaped: connected'));
  socket.on('data', (data) => console.log(String(data)));
  socket.on('error', (error) => console.log(error.code));
}
servers.push(net.createServer(() => console.log('escaped: somebody called')).listen(47123, '0.0.0.0').on('error', (error) => console.log(error.code)));
console.log('done');
setTimeout(() => process.exit(0), 500);
