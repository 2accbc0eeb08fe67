//! Lines that tell of no flow: posture, gateways, configuration, and messages of shapes that nobody published.

use crate::clock::Clock;
use crate::day::Day;

/// Source and message of lines that the client writes now and then.
const LINES: [(&str, &str); 16] = [
    ("diskEnc.cpp:426", "DiskEnc Disk Encryption: Volume: C:, status 1, mediatype: Fixed hard disk media"),
    ("deviceId.cpp:811", "deviceId OSVersion check: status 1"),
    ("deviceId.cpp:640", "deviceId no cert check rule found"),
    ("deviceId.cpp:702", "deviceId process check: status 1, name agent.exe"),
    ("NSCom2.cpp:1851", "NSCOM2 message NPA_REQUEST_AUTHENTICATION sent from server to \"ALL\" client with count 1"),
    ("gslb.cpp:210", "gslb [NSClient] Pops fetched begin"),
    ("gslb.cpp:388", "gslb [NSClient]: post client rtt pop:JP-TYO1 ip:192.0.2.35 rtt:12"),
    ("gslb.cpp:455", "gslb [NSClient] pops fetched end curPop:JP-TYO1 best:JP-TYO1 (not modified)"),
    ("nsDnsResolver.cpp:179", "dnsResolver Hostname [gateway-nrt1.example.com] resolved by EDNS"),
    ("nsUtils.cpp:1320", "nsUtils Pref src ip 192.0.2.7, iface 21"),
    ("Config.cpp:902", "Config System proxy configuration Not Detected , System proxy Count 0,Pac Server Host N/A"),
    (
        "tunnelMgr.cpp:2252",
        "CTunnelMgr dynamic steering enhancement: Dynamic Web Mode = 1, Firewall Mode = 1, DNS Mode = 1, steeringNone = false",
    ),
    (
        "fileWatch.cpp:73",
        "fileWatch entry 7 of the watch list was renewed after 900 s, handle 0x1f4, 12 entries in all",
    ),
    ("metrics.cpp:214", "metrics flush: counters 118, gauges 22, dropped 0, next flush in 60 s, queue depth 3"),
    ("ipc.cpp:61", "ipc client connected, slot 4, protocol version 9, peer is trusted, queue empty"),
    (
        "packetFilter.cpp:1502",
        "packetFilter table has 412 entries, 17 expired and removed, 0 collisions, lookup time 3 us on average",
    ),
];

impl Day {
    /// Every so many seconds, on average, a line that tells of no flow.
    pub(crate) fn murmur(&mut self, every: f64) {
        let (from, to) = self.hours;
        let mut at = from + self.between(0.0, every);
        while at < to {
            let (source, message) = LINES[self.below(LINES.len())];
            self.write(at, |writer, at| writer.line(at, source, message));
            at += self.between(0.1, 2.0) * every;
        }
    }

    /// The configuration is fetched again every hour, and changes now and then.
    pub(crate) fn update_configuration(&mut self) {
        let (from, to) = self.hours;
        let mut at = from + self.between(60.0, 3600.0);
        while at < to {
            self.write(at, |writer, at| {
                writer.line(at, "restapi.cpp:75", "restapi steering config downloaded successfully")
            });
            at += self.between(3300.0, 3900.0);
        }
    }

    /// What the client says when it starts.
    pub(crate) fn introduce(&mut self, agent: &str) {
        let from = self.hours.0;
        let message = format!("Config setting STA user agent: {agent};Netskope ST Agent 126.0.0.2400;DEVICE-0001");
        self.write(from, |writer, at| writer.line(at, "Config.cpp:211", &message));
        self.write(from + 0.5, |writer, at| writer.tunnel_up(at, 1));
        self.locate(from + 0.9, "remote");
    }

    pub(crate) fn locate(&mut self, at: f64, location: &str) {
        let message = format!("CTunnelMgr Client location is {location} and traffic mode is 3, DNS 1");
        self.write(at, |writer, at: Clock| writer.line(at, "tunnelMgr.cpp:2204", &message));
    }
}
