#!/bin/bash
# Boots systemd in namespaces of its own and runs a script in it: boot SCRIPT PROGRAM OUTPUT-FOLDER
# Its disk is an overlay in memory over that of this machine, which stays as it is; /proc/sys and /sys can't
# be written, so that no setting of the kernel changes.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

stop_cgroup() {
  # Deepest first; processes are gone with the namespace of their ids.
  find "$groups/$group" -depth -type d -exec rmdir {} +
}

case "$1" in
  boot)
    shift
    mount --make-rprivate /
    work=$(mktemp -d)
    mount -t tmpfs tmpfs "$work"
    groups=$work/cgroup group=licet-test-$$
    mkdir "$groups"
    mount -t cgroup2 cgroup2 "$groups"
    mkdir "$groups/$group"
    trap 'stop_cgroup; umount -R "$work"; rmdir "$work"' EXIT
    (
      echo 0 > "$groups/$group/cgroup.procs"
      exec unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup --propagation private "$0" inside "$work" "$@"
    )
    ;;
  inside)
    work=$2 script=$3 program=$4 out=$5
    root=$work/root
    mkdir "$root" "$work/upper" "$work/work"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
    mount -t proc proc "$root/proc"
    mount --bind -o ro "$root/proc/sys" "$root/proc/sys"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    for folder in run tmp dev; do mount -t tmpfs tmpfs "$root/$folder"; done
    for device in null zero full random urandom tty; do
      touch "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    touch "$root/dev/console"
    mkdir "$root/dev/shm" "$root/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    mkdir -p "$root/out" "$root/usr/local/bin"
    mount --bind "$out" "$root/out"
    touch "$root/usr/local/bin/licet"
    mount --bind "$program" "$root/usr/local/bin/licet"
    cp "$script" "$root/script"
    # Nothing of this machine's own services.
    rm -rf "$root"/etc/systemd/system/*.wants
    cat > "$root/etc/systemd/system/script.service" <<'UNIT'
[Unit]
After=basic.target
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
ExecStart=/bin/bash /script
StandardOutput=file:/out/stdout
StandardError=file:/out/stderr
UNIT
    cat > "$root/etc/systemd/system/script.target" <<'UNIT'
[Unit]
Requires=basic.target script.service
After=basic.target script.service
UNIT
    cd "$root"
    mkdir -p former
    pivot_root . former
    umount -l /former
    # As systemd does where it is no container: a credential is mounted by a child, and spreads from there.
    mount --make-rshared /
    exec env -i container=licet-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      setpriv --bounding-set -sys_module,-sys_time,-sys_boot,-sys_rawio,-mknod,-syslog \
      /lib/systemd/systemd --unit=script.target --show-status=false
    ;;
esac
