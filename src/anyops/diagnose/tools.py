"""Programs that people call by name in containers, and which of them the usual images lack."""

from collections.abc import Iterable

from anyops.diagnose.stock_images import Base, Stock
from anyops.diagnose.wordlist import names

BUILTINS = names("""
    . : [ [[ (( alias bg break builtin case cd command continue declare dirs echo eval exec exit export
    false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read
    readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit
    umask unalias unset wait then else fi do done esac if while until for in function select time coproc
    disown enable caller
    """)
"""Words of the shell itself."""

_COREUTILS = """
    arch b2sum base32 base64 basename cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df
    dir du echo env expand expr factor false fmt fold groups head hostid hostname id install join link
    ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pr
    printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum
    sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr
    true truncate tsort tty uname unexpand uniq unlink uptime users wc who whoami yes sh awk sed grep
    egrep fgrep find xargs tar gzip gunzip zcat diff cmp which mount umount login su clear ionice flock
    setsid mountpoint dmesg more kill
    """
_BUSYBOX_EXTRA = """
    adduser addgroup ash bunzip2 bzip2 busybox cal chpst chrt crond crontab cpio dc bc deluser depmod
    dos2unix ed ether-wake fallocate free ftpget ftpput fuser getopt hexdump hd httpd hwclock ifconfig
    inetd init ip ipcalc ipcs iostat killall less logger losetup lsof lsmod lsusb man mesg microcom
    mkpasswd modprobe mpstat nc netstat nslookup ntpd passwd pgrep pidof ping ping6 pkill pmap ps pstree
    pwdx reset resize rev route run-parts script sendmail setserial sha3sum sysctl syslogd telnet
    telnetd tftp top traceroute traceroute6 ttysize tunctl udhcpc unix2dos unlzma unxz unzip uudecode
    uuencode vi volname watch watchdog wget whois xxd xz xzcat zcip strings
    """
_WELL_KNOWN = """
    ab act ansible apk apt apt-get apt-cache aws az bash bazel bun bundle bzip2 cargo celery certbot
    chronyc clickhouse-client cmake composer consul containerd crictl csh ctr curl daphne datadog-agent
    deno dig django-admin docker dotnet dumb-init dpkg dnf dropdb createdb emacs envsubst etcdctl fish
    flask fluentd fluent-bit fping fuser g++ gcc gcloud gdb git go gofmt gosu gradle grafana-server
    gunicorn haproxy helm hey hg host htop httpd httpie hugo hypercorn id influx iperf iperf3 iptables
    jar java javac jmap jps jq jstack jstat k6 k9s kafka-topics kafka-topics.sh
    kafka-console-consumer.sh kafka-console-producer.sh kustomize kubectl kubeadm kubelet kcat kafkacat
    ksh ldapsearch locust locale-gen logrotate lua lynx make mariadb memcached microdnf mc minio mkcert
    mongo mongod mongodump mongorestore mongosh mosquitto mosquitto_pub mosquitto_sub mvn mysql
    mysqladmin mysqld mysqldump nano nats ncat netcat nginx ngrep nmap node nodejs nohup npm npx nsenter
    ntpdate opa openssl openvpn patch pdm perl pg_dump pg_isready pg_restore pgbench php php-fpm pip
    pip2 pip3 pipenv pnpm podman poetry postgres prometheus psql puma python python2 python3 pytest
    rabbitmqctl rabbitmq-diagnostics rabbitmq-server rails rake rclone redis-benchmark redis-cli
    redis-server restic rsync ruby rustc s3cmd s6-svscan sar scp screen sftp skopeo socat sqlite3 ss ssh
    ssh-keygen sshd strace stress stress-ng su-exec sudo supervisord svn swoole sysbench systemctl
    tcpdump tcptraceroute terraform terragrunt tini tmux traefik tree tshark tsx ts-node uv uvicorn
    uwsgi valkey-cli valkey-server vault vegeta vim visudo vmstat wget wrk yarn yq yum zip zsh zstd
    dockerd entrypoint.sh docker-entrypoint.sh cron crond catalina.sh memtier_benchmark siege xdg-open
    xmlstarlet xmllint pgrep column getent ldconfig update-ca-certificates useradd groupadd usermod
    apachectl apache2 a2enmod service inotifywait inotifywatch
    """

KNOWN = names(f"{_COREUTILS} {_BUSYBOX_EXTRA} {_WELL_KNOWN}") | BUILTINS
"""Every name that is no slip of the pen."""

COMMON = names("""
    bash sh curl wget python python3 pip pip3 node npm java nginx sleep echo printf cat grep sed awk
    tail head touch mkdir chmod chown date test true false export exec exit kubectl git apt-get apt apk
    yum mysql psql redis-cli redis-server mongo mongosh ping nslookup netstat telnet openssl gunicorn
    uvicorn flask celery ruby perl php make docker helm aws gcloud jq tar gzip unzip find xargs sort
    uniq stress stress-ng while until sudo systemctl env timeout watch hostname httpd postgres mysqld
    mongod
    """)
"""What a misspelled word was probably meant to be."""

_ADD_ONS = names("""
    curl wget ping nc ncat netcat nslookup dig host telnet ps top htop vim vi nano jq yq git python
    python3 pip pip3 node npm java go ruby perl mysql psql redis-cli mongo mongosh kubectl helm aws
    gcloud az stress stress-ng ab hey wrk iperf iperf3 tcpdump socat make gcc bash ssh scp rsync unzip
    zip php mvn traceroute netstat ifconfig ip nmap gunicorn uvicorn flask celery docker terraform tree
    lsof killall watch free
    """)
_HAS: dict[Base, frozenset[str]] = {
    "busybox": names(_BUSYBOX_EXTRA),
    "alpine": names(_BUSYBOX_EXTRA),
    "debian": frozenset(("bash", "perl")),
    "full": names("bash perl curl wget git make gcc ps top free watch python3 ssh scp unzip hg svn openssl"),
    "rhel": names("bash curl python python3 vi ps top free watch ping ip hostname tar"),
    "none": frozenset(),
}
INSTALLERS = names(
    "apk apt apt-get yum dnf microdnf pip pip3 npm yarn tdnf zypper go cargo gem conda install"
)
"""After one of these ran, anything may be there."""


def lacks(image: Stock, name: str) -> bool:
    """Whether the stock image does not have that program."""
    if name in image.tools:
        return False
    if image.base == "none":
        return name in KNOWN
    return name in _ADD_ONS and name not in _HAS[image.base]


def meant(word: str) -> str:
    """The common program of which the word is a slip of one letter; "" when it is none."""
    return "" if word in KNOWN else one_slip(word, COMMON)


def one_slip(word: str, known: Iterable[str]) -> str:
    """The name that the word misses by one letter; "" when none, or when the word is short."""
    return min((name for name in known if _is_slip(word, name)), default="") if len(word) > 2 else ""


def _is_slip(word: str, name: str) -> bool:
    """One letter too many, too few, wrong or swapped; in a name of three letters none may be wrong."""
    if abs(len(word) - len(name)) > 1 or len(name) < 3 or word == name:
        return False
    start = next((n for n, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), None)
    at = min(len(word), len(name)) if start is None else start
    if len(word) > len(name):
        return word[:at] + word[at + 1 :] == name
    if len(word) < len(name):
        return name[:at] + name[at + 1 :] == word
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :] == name
    return swapped or (len(name) > 3 and word[at + 1 :] == name[at + 1 :])
