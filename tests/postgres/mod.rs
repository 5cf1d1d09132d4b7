//! A throw-away PostgreSQL of the installed binaries, one server for a test program, one database for a test.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

/// Waiting for the server to come up: 300 looks, a tenth of a second apart.
const LOOKS: u32 = 300;

struct Server {
    bin: PathBuf,
    port: u16,
    /// Its standard input is a pipe from this program: when this program ends, however it ends, the shell that
    /// watches the pipe stops the server.
    _shell: Child,
}

/// The address of a new, empty database.
pub fn database(name: &str) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(start);
    let made = client(server, "createdb").arg(name).status().unwrap();
    assert!(made.success(), "createdb {name} failed");
    format!("postgres://postgres@127.0.0.1:{}/{name}", server.port)
}

fn start() -> Server {
    let bin = binaries();
    let dir = tempfile::tempdir().unwrap().keep();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let root = is_root();
    if root {
        assert!(Command::new("chown").arg("postgres").arg(&dir).status().unwrap().success());
    }
    let data = dir.join("data");
    let made = as_postgres(root, &bin.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"])
        .arg(&data)
        .current_dir(&dir)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success(), "initdb failed");
    let settings = format!("-h 127.0.0.1 -p {port} -k {} -c fsync=off -c full_page_writes=off", dir.display());
    let script = format!(
        "{} -D {} {settings} >{log} 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf {dir}",
        bin.join("postgres").display(),
        data.display(),
        log = dir.join("log").display(),
        dir = dir.display(),
    );
    let shell = as_postgres(root, Path::new("sh")).arg("-c").arg(script).current_dir(&dir).stdin(Stdio::piped()).spawn().unwrap();
    let server = Server { bin, port, _shell: shell };
    for _ in 0..LOOKS {
        if client(&server, "pg_isready").stdout(Stdio::null()).status().unwrap().success() {
            return server;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL did not come up: {}", fs::read_to_string(dir.join("log")).unwrap_or_default());
}

fn client(server: &Server, name: &str) -> Command {
    let mut command = Command::new(server.bin.join(name));
    command.args(["-h", "127.0.0.1", "-U", "postgres", "-p"]).arg(server.port.to_string());
    command
}

/// PostgreSQL refuses to run as root.
fn as_postgres(root: bool, program: &Path) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// The folder of the newest installed version: Debian keeps it off the path.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|it| it.path().join("bin")).filter(|it| it.join("initdb").exists()).max();
    newest.unwrap_or_else(|| PathBuf::from("/usr/bin"))
}
