//! `scripts/setup` as an ordinary user has it, who may install nothing: on a machine with stand-ins for what is large.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SETUP: &str = include_str!("../../../scripts/setup");
const PACKAGES: [&str; 6] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "rustfmt-web", "lld-22"];

/// Anybody who is not root.
const USER: u32 = 65_534;

struct Machine(PathBuf);

impl Machine {
    /// With all that `make run` needs, but Rust.
    fn new() -> Self {
        let machine = Self(std::env::temp_dir().join(format!("reins-test-setup-{}", std::process::id())));
        let version = |name: &str| {
            let line = SETUP.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap();
            line.split(' ').next().unwrap().to_owned()
        };
        for directory in ["home", "installed", "project/scripts", "bin", "usr/bin"] {
            fs::create_dir_all(machine.file(directory)).unwrap();
        }
        machine.program("project/scripts/setup", SETUP);
        machine.program("bin/sudo", "#!/bin/sh\nexit 1\n");
        let installed = machine.file("installed");
        let asked =
            format!("#!/bin/sh\nfor name; do :; done\n[ ! -e {}/$name ] || echo installed\n", installed.display());
        machine.program("bin/dpkg-query", &asked);
        for (name, version) in [("cargo-leptos", version("cargo_leptos")), ("wasm-bindgen", version("wasm_bindgen"))] {
            machine.program(&format!("bin/{name}"), &format!("#!/bin/sh\necho {name} {version}\n"));
        }
        for name in ["cc", "pkg-config", "curl"] {
            machine.program(&format!("bin/{name}"), "#!/bin/sh\n");
        }
        // Debian's, once it is installed.
        for name in ["cargo-clippy", "cargo-fmt", "clippy-driver", "rustfmt", "rustdoc", "lld-22"] {
            machine.program(&format!("usr/bin/{name}"), "#!/bin/sh\n");
        }
        let rust = version("rust");
        let rustc = format!(
            "#!/bin/sh\nsysroot=/usr\nif [ \"$1\" = --sysroot ]; then sysroot=$2; shift 2; fi\n\
             case \"$*\" in --version) echo 'rustc {rust} (made up)' ;; -vV) echo 'host: made-up' ;;\n\
             '--print sysroot') echo \"$sysroot\" ;; *) exit 1 ;; esac\n"
        );
        machine.program("usr/bin/rustc", &rustc);
        let built = "target/wasm32-unknown-unknown/release/deps";
        machine.program(
            "usr/bin/cargo",
            &format!("#!/bin/sh\nmkdir -p {built}\ntouch {built}/libstd-1.rlib {built}/libempty-1.rlib\n"),
        );
        if is_root() {
            chown(machine.file("home"), Some(USER), Some(USER)).unwrap();
        }
        machine
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.file(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// As root has it done.
    fn install(&self, packages: &[&str]) {
        for package in packages {
            fs::write(self.file("installed").join(package), "").unwrap();
        }
    }

    /// Runs it as an ordinary user, with nothing of the tests' own settings.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("setpriv");
        if is_root() {
            let user = USER.to_string();
            command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
        }
        command.arg(program).args(arguments).current_dir("/").env_clear();
        let path = format!("{}:/usr/bin:/bin", self.file("bin").display());
        command.env("HOME", self.file("home")).env("PATH", path);
        command.env("REINS_DEBIAN_USR", self.file("usr")).env("REINS_POSTGRES_BIN", "/nowhere");
        command.output().unwrap()
    }

    fn set_up(&self) -> Output {
        self.run(self.file("project/scripts/setup").to_str().unwrap(), &["build"])
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn an_ordinary_user_is_told_once_what_is_missing_and_comes_through() {
    if Path::new("/usr/bin/rustup").exists() || Path::new("/usr/bin/rustc").exists() {
        println!("skipped: this machine has a Rust of its own for everybody");
        return;
    }
    if is_root() && Command::new("setpriv").arg("--version").output().is_err() {
        println!("skipped: nobody can become another user here");
        return;
    }
    let machine = Machine::new();
    let command = "as root, run: apt-get update && apt-get install -y --no-install-recommends ";

    let output = machine.set_up();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).ends_with(&format!("{command}{}\n", PACKAGES.join(" "))), "{}", said(&output));

    machine.install(&PACKAGES[..5]);
    let output = machine.set_up();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).ends_with(&format!("{command}lld-22\n")), "{}", said(&output));

    machine.install(&PACKAGES);
    let output = machine.set_up();
    assert!(output.status.success() && !said(&output).contains("apt-get"), "{output:?}");

    // What was built lies with the user, and is what a build takes.
    let sysroot = machine.file("home/.cache/reins/sysroot");
    assert!(sysroot.join("lib/rustlib/wasm32-unknown-unknown/lib/libstd-1.rlib").is_file());
    let taken = machine.run("bash", &["-c", "source ~/.cache/reins/env && rustc --print sysroot && echo $SYSROOT"]);
    let sysroot = sysroot.to_str().unwrap();
    assert_eq!(said(&taken), format!("{sysroot}\n{sysroot}\n"));

    let output = machine.set_up();
    assert!(output.status.success() && said(&output).is_empty(), "{output:?}");
}
