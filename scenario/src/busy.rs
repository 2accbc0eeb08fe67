//! A log of any size with one fault near its end, for measurements of time and memory.

use fastrand::Rng;

const PROCESSES: [&str; 8] = [
    "chrome.exe",
    "msedge.exe",
    "outlook.exe",
    "ms-teams.exe",
    "storage-sync.exe",
    "endpoint-agent.exe",
    "updater.exe",
    "svchost.exe",
];
const MILLISECONDS_A_LINE: u64 = 60;
const BYTES_A_LINE: u64 = 204;

/// One busy device, a line every 60 ms of some 200 bytes with its line end, nine of ten about a flow; 20 minutes before
/// `bytes` of them a program meets a host for the first time and tries again and again. The lines do not end there.
pub fn busy_device(bytes: u64) -> impl Iterator<Item = String> {
    let mut device = Device { random: Rng::with_seed(11), line: 0, fault_at: fault_at(bytes) };
    std::iter::repeat_with(move || device.next_line())
}

/// The line at which the fault begins.
fn fault_at(bytes: u64) -> u64 {
    (bytes / BYTES_A_LINE).saturating_sub(20 * 60 * 1000 / MILLISECONDS_A_LINE)
}

struct Device {
    random: Rng,
    line: u64,
    fault_at: u64,
}

impl Device {
    fn next_line(&mut self) -> String {
        let since_fault = self.line.wrapping_sub(self.fault_at);
        let message = if self.line >= self.fault_at && since_fault < 1500 && since_fault.is_multiple_of(100) {
            self.flow("messenger.exe", "edge-117.messenger.example")
        } else {
            self.anything()
        };
        let line = format!("{} stAgentSvc p17fc t{:x} info {message}\r\n", self.stamp(), 0xB44 + self.line % 7);
        self.line += 1;
        line
    }

    fn anything(&mut self) -> String {
        let process = PROCESSES[self.random.usize(..PROCESSES.len())];
        match self.random.u32(..20) {
            0 => format!(
                "bypassAppMgr.cpp:1622 BypassAppMgr bypassing flow to exception host: media{}.meeting.example, process: {process}, Dest IP: 203.0.113.{}, Dest Port: 443, Src IP: 192.0.2.7, Src Port: {}",
                self.random.u32(..9),
                self.random.u8(1..),
                self.port()
            ),
            1 => {
                format!("dnsResolver.cpp:77 dnsResolver query {} answered in {} ms", self.line, self.random.u32(1..90))
            }
            2 => {
                "tunnel.cpp:455 nsTunnel DTLS [sessId 1] keep alive sent to gateway, waiting for the answer".to_owned()
            }
            _ => {
                let host = match self.random.u32(..3) {
                    0 => format!("www.site{:03}.example", self.random.u32(..400)),
                    1 => format!("cdn{:03}.thirdparty{}.example", self.random.u32(..200), self.random.u32(..20)),
                    _ => format!("api.service{:02}.example", self.random.u32(..40)),
                };
                self.flow(process, &host)
            }
        }
    }

    fn flow(&mut self, process: &str, host: &str) -> String {
        format!(
            "tunnel.cpp:1148 nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.0.2.7:{}, process: {process} to host: {host}, addr: 198.51.100.{}:443 to nsProxy",
            self.port(),
            self.random.u8(1..)
        )
    }

    fn port(&mut self) -> u16 {
        self.random.u16(49_152..=65_000)
    }

    /// From 2025-11-01 on; a month of lines is more than anybody measures.
    fn stamp(&self) -> String {
        let milliseconds = self.line * MILLISECONDS_A_LINE;
        let (second, day) = (milliseconds / 1000 % 86_400, milliseconds / 86_400_000);
        format!(
            "2025/11/{:02} {:02}:{:02}:{:02}.{:03}",
            day + 1,
            second / 3600,
            second / 60 % 60,
            second % 60,
            milliseconds % 1000
        )
    }
}
